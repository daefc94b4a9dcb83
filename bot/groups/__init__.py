"""What an organiser sets for a group: zone, runs channel, units, when days and weeks turn."""
