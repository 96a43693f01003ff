"""Data sharing agreements: what one says, how it is read and written, signed, and tried before it is signed."""
