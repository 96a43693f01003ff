"""Signed checkpoints: how large the log was and what its tree's root was, so that others can hold us to it.

The form is C2SP's: a checkpoint (tlog-checkpoint) in a signed note (signed-note) with Ed25519, which tools of transparency
logs read. The key is the place's own; who has it can sign anything, so what counts is a copy that somebody else keeps.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519: Final = b"\x01"
_LONGEST: Final = 100_000
"""Bytes of a note at most: it comes from outside."""


class NoteInvalid(ValueError):
    """The text is no checkpoint of this log that its key has signed; says in which way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The log named `origin` had `size` entries, and their tree this `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """The public half of a log's key, under the log's name."""

    name: str
    public: bytes

    @property
    def number(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def text(self) -> str:
        """As others keep it: name, number and key."""
        return f"{self.name}+{self.number.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    def open(self, note: bytes) -> Checkpoint:
        """The checkpoint in a note that this key has signed. Raises NoteInvalid."""
        if len(note) > _LONGEST:
            raise NoteInvalid("it is too long")
        try:
            text, split, signatures = note.decode("utf-8").rpartition("\n\n")
        except UnicodeDecodeError:
            raise NoteInvalid("it is not text") from None
        if not split or not signatures.endswith("\n"):
            raise NoteInvalid("it is not a signed note")
        text += "\n"
        if not any(self._signed(text.encode(), line) for line in signatures.splitlines()):
            raise NoteInvalid("this log's key did not sign it")
        lines = text.split("\n")
        try:
            size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
        except (IndexError, ValueError, binascii.Error):
            raise NoteInvalid("it is not a checkpoint") from None
        if str(size) != lines[1] or size < 0 or len(root) != hashlib.sha256().digest_size:
            raise NoteInvalid("it is not a checkpoint")
        if lines[0] != self.name:
            raise NoteInvalid("it is of another log")
        return Checkpoint(origin=lines[0], size=size, root=root)

    def _signed(self, text: bytes, line: str) -> bool:
        words = line.split(" ")
        if len(words) != 3 or words[0] != "\N{EM DASH}" or words[1] != self.name:
            return False
        try:
            signature = base64.b64decode(words[2], validate=True)
            # Its last letter holds bits that mean nothing: of the ways to write it, only one is taken.
            if signature[:4] != self.number or base64.b64encode(signature).decode() != words[2]:
                return False
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[4:], text)
        except (ValueError, binascii.Error, InvalidSignature):
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A log's key, under the log's name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """Its public half."""
        raw = self.private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        return Verifier(name=self.name, public=raw)

    def sign(self, size: int, root: bytes) -> str:
        """The signed note of a checkpoint."""
        text = Checkpoint(origin=self.name, size=size, root=root).text()
        signature = self.verifier.number + self.private.sign(text.encode())
        return f"{text}\n\N{EM DASH} {self.name} {base64.b64encode(signature).decode()}\n"


def new_key() -> bytes:
    """A new key, as it is kept in a file (PEM, PKCS #8)."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def signer_of(name: str, kept: bytes) -> Signer:
    """The key as `new_key` wrote it, for the log of that name. Raises ValueError."""
    private = serialization.load_pem_private_key(kept, password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return Signer(name=name, private=private)


def verifier_of(text: str) -> Verifier:
    """The public key as `Verifier.text` wrote it. Raises NoteInvalid."""
    name, _, rest = text.strip().partition("+")
    number, _, key = rest.partition("+")
    try:
        raw = base64.b64decode(key, validate=True)
    except (ValueError, binascii.Error):
        raise NoteInvalid("it is not a key") from None
    if not name or raw[:1] != _ED25519 or len(raw) != 33:
        raise NoteInvalid("it is not an Ed25519 key")
    found = Verifier(name=name, public=raw[1:])
    if found.number.hex() != number:
        raise NoteInvalid("its number does not fit the key: it was mistyped")
    return found
