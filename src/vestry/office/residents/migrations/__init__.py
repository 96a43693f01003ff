"""Migrations of the table of reports."""
