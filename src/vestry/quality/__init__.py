"""Quality of what sources send: the six dimensions of the Government Data Quality Framework."""
