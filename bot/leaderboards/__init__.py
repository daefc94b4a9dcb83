"""Who showed up: the weekly board of a group, and /leaderboard."""
