"""What may be changed while Colophon runs: the registry of settings, what can happen to one, what is allowed."""
