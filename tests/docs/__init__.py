"""What the documentation claims is run, generated or counted here."""
