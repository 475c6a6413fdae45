"""The bot as a program that stays: its parts, how they begin and how they end."""
