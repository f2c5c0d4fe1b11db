"""What every block of the configuration has in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A block of the configuration: unknown keys are refused, values stay out of errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True)
