"""What a webhook brings to prove that it is the messenger's own, beside what only the messenger knows."""

import hmac


def same(given: str, ours: str) -> bool:
    """Whether it is the secret, or the signature, that we expect; takes as long for a wrong one as for the right one.

    Whatever stands in a header, an address or a body may be asked about, letters that no text holds among it. Where
    we have no secret nobody knows it.
    """
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), ours.encode()) and bool(ours)
