"""Polls of how a group is, in which nobody can tell who voted what."""
