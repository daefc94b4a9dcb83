"""Second Wind: a Discord bot that keeps running groups accountable, kindly."""
