"""Rules about the code base itself, each a test that names what breaks it."""
