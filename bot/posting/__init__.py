"""What goes out to the threads: events become letters, letters are sent in order and in time."""
