"""What can be asked of prompt templates."""
