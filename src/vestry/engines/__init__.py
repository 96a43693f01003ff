"""Where tables are computed: an Ibis connection, and what it can do."""
