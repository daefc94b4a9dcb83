"""Remembers erasures beside the backups, without saying whose, so that a restored backup is erased again."""
