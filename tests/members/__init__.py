"""People: invited, in a role, signed in, and gone."""
