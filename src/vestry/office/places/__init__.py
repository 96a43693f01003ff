"""Whose database this is: the mark of the one place that it belongs to."""
