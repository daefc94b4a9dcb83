"""What a member agreed to, for each purpose, and how they take it back."""
