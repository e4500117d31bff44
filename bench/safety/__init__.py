"""How well the gateway finds personal data and attacks, in texts made up for the purpose in five languages."""
