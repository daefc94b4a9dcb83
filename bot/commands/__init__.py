"""The commands as Discord knows them: sent again when they changed, and only then."""
