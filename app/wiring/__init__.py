"""How each part of the house is wired onto the foundation."""
