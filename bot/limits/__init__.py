"""How much of the bot one member and one group can use at once, so that there is room for everybody."""
