"""What every block of the configuration has in common."""

import re
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A block of the configuration: unknown keys are refused, values stay out of errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True)


def whole_address(example: str, *, may_be_left_out: bool = False) -> Callable[[str], str]:
    """A check for pydantic's ``AfterValidator``: an address with its scheme, kept without the slash at its end.

    Args:
        example: What a wrong one is told to look like.
        may_be_left_out: Whether "" is an answer, too.
    """

    def checked(said: str) -> str:
        trimmed = said.strip().rstrip("/")
        if not trimmed and may_be_left_out:
            return ""
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", trimmed):
            raise ValueError(f"expected the whole address, such as {example}")
        return trimmed

    return checked
