"""Where a messenger's API is, as ``api_url`` in ``config.yaml`` says it."""

import re
from collections.abc import Callable


def api_address(example: str, *, may_be_left_out: bool = False) -> Callable[[str], str]:
    """A check for pydantic's ``AfterValidator``: the whole address, without the slash at its end.

    Args:
        example: What a wrong one is told to look like.
        may_be_left_out: Whether "" stands for an address that the channel knows itself.
    """

    def checked(value: str) -> str:
        trimmed = value.strip().rstrip("/")
        if not trimmed and may_be_left_out:
            return ""
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", trimmed):
            raise ValueError(f"expected an address such as {example}")
        return trimmed

    return checked
