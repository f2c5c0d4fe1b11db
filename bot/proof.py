"""A messenger may bring back what we gave it along with a message: then it proves that the message was taken."""

import hashlib
import re

_PROOF = re.compile(r"([1-9][0-9]{0,18})\.([0-9a-f]{16})")


def proof_of(message_id: int, address: str, text: str) -> str:
    """What goes along with a message: its number in the log, and a digest of what it says to whom.

    The number alone proves nothing: a store that was restored from a backup gives numbers out once more, and
    messengers tell of the older message for days.
    """
    said = f"{message_id}\n{address}\n{text}".encode("utf-8", "surrogatepass")
    return f"{message_id}.{hashlib.blake2s(said, digest_size=8).hexdigest()}"


def message_of(proof: str) -> int:
    """The number in a proof, 0 where it is none of ours."""
    found = _PROOF.fullmatch(proof)
    number = int(found[1]) if found else 0
    return number if number < 2**63 else 0
