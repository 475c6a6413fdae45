"""What `make bench-chat` is made of."""
