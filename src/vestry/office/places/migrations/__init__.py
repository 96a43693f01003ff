"""How the table of the place's mark came to be as it is."""
