"""A fictional place whose truth is known, and the ways in which its registers go wrong."""

from vestry.synthetic.county import Synthesised, synthesise

__all__ = ["Synthesised", "synthesise"]
