"""Values in one standard form, each by one plain function of one text; `rules.RULES` names them all."""
