"""Backups: each is an SQLite file, whichever engine it was made from, so that it restores into both."""
