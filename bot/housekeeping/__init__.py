"""What has to happen by itself: erasing what was kept long enough, and a sign of life."""
