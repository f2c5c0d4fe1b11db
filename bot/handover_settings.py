"""The ``handover:`` block: when readers go to a person, and who is told that they wait."""

from datetime import timedelta

from pydantic import Field

from bot.section import Section


class HandoverSettings(Section):
    """When readers go to a person, and who is told that they wait."""

    at_once: tuple[str, ...] = Field(
        (),
        description="Topics (docs/faq-topics.md) and intents that go to a librarian at once, without a question: "
        "`review.complaint`, `trouble`.",
    )
    ask_if_helped: bool = Field(
        True,
        description="Ask the reader once after a librarian has closed the conversation, at most every 30 days.",
    )
    alert_minutes: int = Field(
        15,
        ge=0,
        le=1440,
        description="A reader who has waited so many minutes of opening time is told of in the chat of the staff "
        "(`channels.<name>.staff_chat`); 0: never.",
    )
    alert_again_minutes: int = Field(60, ge=5, le=1440, description="And again after so many, while they still wait.")

    @property
    def alert_after(self) -> timedelta | None:
        """From when on the staff are told, None where they are not."""
        return timedelta(minutes=self.alert_minutes) if self.alert_minutes else None

    @property
    def alert_again(self) -> timedelta:
        """How soon they are told once more of the same wait."""
        return timedelta(minutes=self.alert_again_minutes)
