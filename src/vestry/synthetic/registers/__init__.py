"""The systems of the fictional place: what each believes of its people and businesses, and how it says so."""
