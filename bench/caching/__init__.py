"""How often questions in other words have the right answer, and how often a wrong one."""
