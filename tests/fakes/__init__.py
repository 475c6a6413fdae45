"""Fakes of the ports: each obeys its port's rules and passes its contract suite."""
