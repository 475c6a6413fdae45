"""People's accounts: the private panel, the form, and a key's way into the vault."""
