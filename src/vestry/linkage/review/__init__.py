"""Review: what waits for a person, what people said, and how that is held against records that change."""
