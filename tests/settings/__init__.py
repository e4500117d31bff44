"""Settings that change while Colophon runs."""
