"""How the tables of agreements came to be as they are."""
