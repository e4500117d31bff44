"""What a Yjs update says about itself, read without trusting it."""
