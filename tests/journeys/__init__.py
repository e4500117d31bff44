"""Whole journeys: what somebody who installs Colophon does first, and what must survive."""
