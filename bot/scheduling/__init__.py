"""What comes at a time of its own: schedules, their occurrences, and deliveries that come exactly once."""
