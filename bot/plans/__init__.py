"""What a member means to keep: the target, the plan in their own words, and pauses."""
