"""How the bot fares, for whoever hosts it: health, metrics, and reports of bugs. None of it holds a member's values."""
