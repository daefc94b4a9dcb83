"""Challenges: what a group runs for, alone, together, in teams, along a route, for a cause."""
