"""The command line: parse, call, print. Knows no room but by what `wiring` gives it."""
