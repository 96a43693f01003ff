"""Vestry and plain Splink, side by side, on sets of records whose truth is known. Run: python -m benchmarks.linkage"""
