"""Questions that mean the same in other words."""
