"""What can be asked of the queue of findings that somebody has to judge."""
