"""What the bot is made of: its bill of materials, known vulnerabilities, the image's size, and its cell."""
