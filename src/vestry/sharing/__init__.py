"""The one door to the twin: purposes, decisions, the audit file and the gateway."""
