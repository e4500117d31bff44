"""What prompts, passages and answers are searched for: attacks on the model, words that a tenant does not want."""
