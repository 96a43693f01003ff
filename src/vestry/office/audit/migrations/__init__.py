"""How the tables of the audit log came to be as they are."""
