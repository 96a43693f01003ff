"""The Merkle tree over the entries of the log: RFC 6962, section 2.1. Values in, values out.

A tree is grown by its frontier: the roots of the whole subtrees that it is made of, largest first, one for each 1 in the
binary form of its size. An append touches as many of them as there are trailing 1s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

Hash = bytes
"""32 bytes of SHA-256."""

EMPTY: Final = hashlib.sha256(b"").digest()
"""The root of a tree without entries."""


def leaf_of(body: bytes) -> Hash:
    """The hash of one entry: MTH({d(0)}) of RFC 6962."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_of(left: Hash, right: Hash) -> Hash:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: list[Hash], size: int, leaf: Hash) -> None:
    """Make of the frontier of a tree of `size` entries that of the tree with `leaf` after them."""
    node = leaf
    while size & 1:
        node = node_of(frontier.pop(), node)
        size >>= 1
    frontier.append(node)


def root_of(frontier: Sequence[Hash]) -> Hash:
    """The root of the tree with that frontier."""
    if not frontier:
        return EMPTY
    node = frontier[-1]
    for left in reversed(frontier[:-1]):
        node = node_of(left, node)
    return node


Span = tuple[int, int]
"""A subtree: the entries from the first number (counted from 0) to before the second."""


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees whose roots prove that entry `index` is in the tree of `size`: PATH(m, D[n]), in its order."""

    def path(index: int, start: int, end: int) -> list[Span]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*path(index, start, middle), (middle, end)]
        return [*path(index, middle, end), (start, middle)]

    if not 0 <= index < size:
        raise ValueError("no such entry in the tree")
    return path(index, 0, size)


def consistency_spans(before: int, size: int) -> list[Span]:
    """The subtrees whose roots prove that the tree of `before` is how that of `size` begins: PROOF(m, D[n])."""

    def proof(before: int, start: int, end: int, known: bool) -> list[Span]:
        if before == end - start:
            return [] if known else [(start, end)]
        middle = start + _split(end - start)
        if before <= middle - start:
            return [*proof(before, start, middle, known), (middle, end)]
        return [*proof(before - (middle - start), middle, end, False), (start, middle)]

    if not 0 < before <= size:
        raise ValueError("the tree was never of that size")
    return proof(before, 0, size, True)


class Roots:
    """Works out the roots of some subtrees, which may overlap, while the leaves go by in order."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._at = 0
        self._frontiers: dict[Span, list[Hash]] = {span: [] for span in spans}
        self._waiting = sorted(self._frontiers, reverse=True)
        self._open: list[Span] = []

    def add(self, leaf: Hash) -> None:
        """The next leaf."""
        at = self._at
        while self._waiting and self._waiting[-1][0] <= at:
            self._open.append(self._waiting.pop())
        for span in self._open:
            grow(self._frontiers[span], at - span[0], leaf)
        self._at = at = at + 1
        if any(span[1] <= at for span in self._open):
            self._open = [span for span in self._open if span[1] > at]

    def all(self) -> list[Hash]:
        """The roots, in the order in which they were asked for."""
        return [root_of(self._frontiers[span]) for span in self._spans]


def includes(leaf: Hash, index: int, size: int, proof: Sequence[Hash], root: Hash) -> bool:
    """Whether `proof` shows that `leaf` is entry `index` (from 0) of the tree of `size` with `root`. RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    first, last, node = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            node = node_of(beside, node)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            node = node_of(node, beside)
        first, last = first >> 1, last >> 1
    return last == 0 and node == root


def is_continued(before: int, old: Hash, size: int, new: Hash, proof: Sequence[Hash]) -> bool:
    """Whether `proof` shows that the tree of `before` with root `old` is how that of `size` with root `new` begins.

    RFC 9162, 2.1.4.2.
    """
    if before == size:
        return old == new and not proof
    if not 0 < before < size:
        return False
    steps = list(proof)
    if before & (before - 1) == 0:
        steps.insert(0, old)
    if not steps:
        return False
    first, last = before - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    begun = whole = steps[0]
    for beside in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            begun, whole = node_of(beside, begun), node_of(beside, whole)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            whole = node_of(whole, beside)
        first, last = first >> 1, last >> 1
    return last == 0 and begun == old and whole == new


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
