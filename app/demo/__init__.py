"""What a newcomer finds at the first start: tenants, people and documents of a made-up company."""
