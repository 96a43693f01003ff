"""Deciding what the machine could not: whether two records are one, and which property an address is."""
