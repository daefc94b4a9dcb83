"""One thin door per feature: slash commands, presses and forms."""
