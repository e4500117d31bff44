"""How fast people write together, beside Hocuspocus in the same run."""
