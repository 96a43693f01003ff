"""Which records describe the same person, organisation or property; the only room that knows Splink."""
