"""Signed checkpoints, in the form that tools of transparency logs read."""

from __future__ import annotations

import base64

import pytest

from vestry.office.audit.notes import Checkpoint, NoteInvalid, Signer, new_key, signer_of, verifier_of

NAME = "vestry.audit/0123"
ROOT = bytes(range(32))

# A key and a note that another implementation made: the example of Go's golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return signer_of(NAME, new_key())


def test_what_was_signed_is_read(signer: Signer) -> None:
    note = signer.sign(1234, ROOT)
    assert note.startswith(f"{NAME}\n1234\n{base64.b64encode(ROOT).decode()}\n\n\N{EM DASH} {NAME} ")
    assert signer.verifier.open(note.encode()) == Checkpoint(origin=NAME, size=1234, root=ROOT)


def test_the_public_key_is_passed_on_as_text(signer: Signer) -> None:
    assert verifier_of(signer.verifier.text()) == signer.verifier


def test_a_signature_of_another_implementation_is_accepted() -> None:
    verifier = verifier_of(GO_KEY)
    with pytest.raises(NoteInvalid, match="not a checkpoint"):  # well signed, and something else
        verifier.open(GO_NOTE.encode())
    with pytest.raises(NoteInvalid, match="did not sign"):
        verifier.open(GO_NOTE.replace("your", "the").encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda n: n.replace("\n1234\n", "\n1235\n"),
        lambda n: n.replace("AAEC", "AAED"),
        lambda n: n.replace(NAME, "vestry.audit/9999"),
        lambda n: n.split("\n\n")[0],
        lambda n: n.rstrip("\n"),
        lambda n: n.replace("\N{EM DASH}", "-"),
        lambda n: "",
        lambda n: "\n\n",
        lambda n: n * 2000,
        lambda n: n[:-6] + "AAA=\n",
    ],
)
def test_anything_else_is_refused(signer: Signer, change) -> None:
    with pytest.raises(NoteInvalid):
        signer.verifier.open(change(signer.sign(1234, ROOT)).encode())


def test_another_signature_beside_it_does_no_harm(signer: Signer) -> None:
    note = signer.sign(1, ROOT) + "\N{EM DASH} witness.example AAAAAAAA\n"
    assert signer.verifier.open(note.encode()).size == 1


def test_another_key_is_refused(signer: Signer) -> None:
    other = signer_of(NAME, new_key())
    with pytest.raises(NoteInvalid, match="did not sign"):
        other.verifier.open(signer.sign(1, ROOT).encode())


def test_no_text_at_all(signer: Signer) -> None:
    with pytest.raises(NoteInvalid):
        signer.verifier.open(b"\xff\xfe\n\n")


@pytest.mark.parametrize(
    "text", ["", "name", "name+0+", "name+00000000+AQ==", GO_KEY.replace("c7", "c8"), "+x+y"]
)
def test_a_key_that_was_mistyped_is_told(text: str) -> None:
    with pytest.raises(NoteInvalid):
        verifier_of(text)


def test_a_signature_is_written_in_one_way_alone(signer: Signer) -> None:
    """68 bytes leave two bits of the last letter that decoding passes over: a note changed there was changed all the same."""
    note = signer.sign(1234, ROOT)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert note.endswith("=\n")
    for letter in set(letters) - {note[-3]}:
        with pytest.raises(NoteInvalid):
            signer.verifier.open((note[:-3] + letter + note[-2:]).encode())
