"""A passkey in software, for tests: makes a credential and signs with it, as an authenticator and its browser do (WebAuthn 2)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def text(content: bytes) -> str:
    """Base64url without its padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def plain(content: str) -> bytes:
    """The bytes of a base64url text."""
    return base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))


@dataclass
class SoftPasskey:
    """One authenticator. `verified` is whether it saw that it is its owner; `count` goes up with each use, where `counts`."""

    origin: str = "http://localhost"
    verified: bool = True
    counts: bool = True
    count: int = 0
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` gives, attested by nobody."""
        self.handle = plain(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + cbor2.dumps(public)
        authenticator = self._authenticator(options["rp"]["id"], _ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": authenticator})
        client = self._client("webauthn.create", options["challenge"])
        return self._told(clientDataJSON=client, attestationObject=attestation)

    def show(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` gives."""
        self.count += self.counts
        authenticator = self._authenticator(options["rpId"], 0)
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(authenticator + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told(
            clientDataJSON=client,
            authenticatorData=authenticator,
            signature=signature,
            userHandle=self.handle,
        )

    def _authenticator(self, host: str, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        return hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, what: str, challenge: str) -> bytes:
        said = {"type": what, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _told(self, **response: bytes) -> dict[str, Any]:
        return {
            "id": text(self.credential),
            "rawId": text(self.credential),
            "type": "public-key",
            "response": {name: text(content) for name, content in response.items()},
            "clientExtensionResults": {},
        }
