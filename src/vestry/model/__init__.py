"""The common data model: kinds of thing, their fields, identifiers, dates and code lists."""
