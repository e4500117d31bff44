"""How probably an answer is a good one: what can be seen of it, and what people said of others like it."""
