"""How well requests are understood, by rules alone and with language models."""
