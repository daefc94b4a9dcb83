"""Pictures for cards: drawn by Pillow in a thread of their own, never on the event loop.

Pillow and the fonts are loaded with the first picture, so that a bot that has drawn none stays small.
"""

from bot.ui.pictures.studio import Picture, Studio, in_words

__all__ = ["Picture", "Studio", "in_words"]
