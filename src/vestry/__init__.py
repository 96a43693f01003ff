"""Vestry: the shared data layer for a council that is being built out of several."""

__version__ = "0.1.0"
