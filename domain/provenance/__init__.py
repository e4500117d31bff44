"""Who wrote each character of a document, derived from the log and never from what a client claims."""
