"""Feelings of one person, kept for that person alone."""
