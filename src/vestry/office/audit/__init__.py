"""The audit log in the office's database: it only grows, any change shows, and somebody else can hold us to it.

No model: what must never be changed has nothing that could change it.
"""
