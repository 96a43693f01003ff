"""Names that people of the fictional county bear: lists by heritage, sex and generation, commonest first.

The lists were written for Vestry. They hold names in common use, so that spelling, order and diminutives behave
as they do in a real register; no list is of real people, and every person is made by chance.
"""
