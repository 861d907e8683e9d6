"""What an answer is worth, and what its student is told."""
