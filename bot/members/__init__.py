"""What a member sets, takes along and erases."""
