"""What one can do, by task."""
