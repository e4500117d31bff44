"""What can be asked of tenants, members, keys and sign-in links."""
