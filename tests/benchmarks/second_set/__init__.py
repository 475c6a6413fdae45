"""The second set: made-up data and requests that judge what the bot understands."""
