"""A group's mood, a week at a time, in which nobody stands out."""
