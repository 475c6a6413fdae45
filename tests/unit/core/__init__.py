"""The core types of pipeline/, on their own."""
