"""Revisions, oldest first by file name. One that was shipped is never edited."""
