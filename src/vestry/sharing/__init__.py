"""The one door to the twin: purposes, decisions, the audit log and the gateway."""
