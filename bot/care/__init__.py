"""Support resources of a group, and when they are offered."""
