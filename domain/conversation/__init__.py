"""What happens in a conversation with an assistant, and what may be done in one."""
