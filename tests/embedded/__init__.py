"""The embedded servers: first start, restart, kill, second holder, refusal."""
