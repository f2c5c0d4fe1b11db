"""Keyed digests: what must be found again and never read back (codes, card numbers that were typed, addresses).

The key is not in the database: who has a copy of the database alone can try no codes and no telephone numbers.
"""

import hmac
from dataclasses import field

from bot.messages import Contact
from bot.quick import dataclass


@dataclass(frozen=True, slots=True)
class Digests:
    """Digests under one key, 64 hexadecimal figures each."""

    key: bytes = field(repr=False)

    def contact(self, contact: Contact) -> str:
        """Of an address in a channel."""
        return self._of("contact", f"{contact.channel}\n{contact.address}")

    def card(self, key: str) -> str:
        """Of a card number (``linking.card_key``); "" where none was named."""
        return self._of("card", key) if key else ""

    def code(self, digits: str) -> str:
        """Of a one-time code."""
        return self._of("code", digits)

    def _of(self, kind: str, text: str) -> str:
        return hmac.digest(self.key, f"{kind}\0{text}".encode(errors="surrogatepass"), "sha256").hex()
