"""How records go wrong, one small function for each way, and how often where."""
