"""What leaves and what is checked: masking, attacks, moderation, the review queue, limits."""
