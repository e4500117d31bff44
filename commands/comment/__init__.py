"""What somebody can ask for about the comments of a document."""
