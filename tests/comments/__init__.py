"""What is said about documents."""
