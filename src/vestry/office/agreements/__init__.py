"""The agreements of the place as its office keeps them: every version, who signed which, and what was done with it since."""
