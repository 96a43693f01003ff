"""The law under which the fictional county lives: its agreements, who has signed them, and its users."""
