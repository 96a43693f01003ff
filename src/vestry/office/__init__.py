"""The office: people's work on the twin, kept in one database. The only room that imports Django."""
