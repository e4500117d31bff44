"""Conversations with an assistant, as every surface shows and follows them."""
