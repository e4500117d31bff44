"""What counts as personal data: pure rules by kind, with checksums where a kind has them."""
