"""What plain words say: words with slips of the pen, the column they ask for, wishes in passing."""
