"""What data engineers do: take in extracts, see what was refused and why, mend contracts, build and watch it."""
