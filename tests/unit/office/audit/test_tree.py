"""The Merkle tree of RFC 6962, held against published roots and against the definition itself."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestry.office.audit.tree import (
    EMPTY,
    Roots,
    consistency_spans,
    grow,
    includes,
    inclusion_spans,
    is_continued,
    leaf_of,
    root_of,
)

# The tree that the tests of Certificate Transparency's own code grow, and its root at each size.
PUBLISHED_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
PUBLISHED_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves_of(size: int) -> list[bytes]:
    return [leaf_of(str(n).encode()) for n in range(size)]


def defined(leaves: list[bytes]) -> bytes:
    """MTH as section 2.1 writes it."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:half]) + defined(leaves[half:])).digest()


def proof_of(spans: list[tuple[int, int]], leaves: list[bytes]) -> list[bytes]:
    roots = Roots(spans)
    for leaf in leaves:
        roots.add(leaf)
    return roots.all()


def test_published_roots() -> None:
    frontier: list[bytes] = []
    assert root_of(frontier) == EMPTY
    for size, (leaf, root) in enumerate(zip(PUBLISHED_LEAVES, PUBLISHED_ROOTS, strict=True)):
        grow(frontier, size, leaf_of(leaf))
        assert root_of(frontier).hex() == root


def test_a_grown_tree_is_the_defined_one() -> None:
    frontier: list[bytes] = []
    leaves = leaves_of(130)
    for size, leaf in enumerate(leaves):
        grow(frontier, size, leaf)
        assert len(frontier) == (size + 1).bit_count()
        assert root_of(frontier) == defined(leaves[: size + 1])


def test_every_inclusion_is_proved_and_nothing_else() -> None:
    for size in range(1, 34):
        leaves = leaves_of(size)
        root = defined(leaves)
        for index in range(size):
            proof = proof_of(inclusion_spans(index, size), leaves)
            assert includes(leaves[index], index, size, proof, root)
            assert not includes(leaf_of(b"other"), index, size, proof, root)
            assert not includes(leaves[index], index, size, [*proof, root], root)
            assert not proof or not includes(leaves[index], index, size, proof[:-1], root)
            for other in range(size):
                if other != index:
                    assert not includes(leaves[index], other, size, proof, root)


def test_every_continuation_is_proved_and_nothing_else() -> None:
    for size in range(1, 34):
        leaves = leaves_of(size)
        root = defined(leaves)
        for before in range(1, size + 1):
            old = defined(leaves[:before])
            proof = proof_of(consistency_spans(before, size), leaves)
            assert is_continued(before, old, size, root, proof)
            assert not is_continued(before, leaf_of(b"other"), size, root, proof)
            assert not is_continued(before, old, size, leaf_of(b"other"), proof)
            assert not is_continued(before, old, size, root, [*proof, root])
            if proof:
                assert not is_continued(before, old, size, root, proof[:-1])


@given(st.integers(1, 300), st.data())
def test_a_changed_beginning_is_never_continued(size: int, data: st.DataObject) -> None:
    before = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, before - 1))
    leaves = leaves_of(size)
    old = defined(leaves[:before])
    leaves[changed] = leaf_of(b"changed")
    proof = proof_of(consistency_spans(before, size), leaves)
    assert not is_continued(before, old, size, defined(leaves), proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such entry"):
        inclusion_spans(index, size)
    with pytest.raises(ValueError, match="never of that size"):
        consistency_spans(size + 1, size)
