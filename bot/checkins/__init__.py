"""Check-ins: runs and walks, with or without numbers, and everything that follows from them."""
