"""Readers: whatever the format, a file becomes batches of text with row numbers, and refused rows with a
rule.
"""
