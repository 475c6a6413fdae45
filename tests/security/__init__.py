"""Each threat of the threat model as a test that fails without its defence."""
