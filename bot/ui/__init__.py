"""What every card and door shares: layouts, the router of presses and forms, the text encoder, pictures."""
