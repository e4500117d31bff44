"""What can be asked and recorded about text that a model writes in a document."""
