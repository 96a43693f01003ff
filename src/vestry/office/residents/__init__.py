"""Finding somebody, and what may be seen of them: residents, households, properties, businesses."""
