"""Options of the terminal."""

from pydantic import BaseModel, ConfigDict, Field


class TerminalSettings(BaseModel):
    """The block of a terminal channel; nobody needs one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    width: int = Field(0, ge=0, le=400, description="Characters in a line; 0: as wide as the terminal, at most 100.")
