"""Reminders that one asked for, and the streak warning."""
