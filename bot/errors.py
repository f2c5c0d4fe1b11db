"""The whole error tree, ordered by what the caller must do about it.

BibliobotError
├── ConfigError            config.yaml is wrong: say where, do not start
├── InputError             what a person or a file gave us cannot be used: say why and what to do
│   └── WrongUse           a command was called in a way that means nothing, whatever the library: exit code 2
├── ChannelError           one channel is in trouble, the others go on
│   ├── ChannelAuthError   token refused: stop this channel, tell the operator
│   ├── ChannelUnavailable try again later, with growing pauses
│   │   └── RateLimited    try again after ``retry_after_s``
│   ├── DeliveryRefused    this contact cannot be reached: do not try again
│   │   ├── WindowClosed   only once the reader has written again
│   │   └── MessageRefused this message cannot be sent; the contact can be reached
│   └── BadWebhook         a webhook we cannot read: acknowledge it, keep it aside
│       └── BadSignature   a webhook we must not believe
└── StoreUnavailable       the database does not answer or has no room: the turn is repeated
"""

LONGEST_WAIT_S = 86_400.0
"""However long a messenger asks us to wait: it may be asked again a day later."""


class BibliobotError(Exception):
    """Anything this service raises on purpose; its text may be shown to the operator."""


class ConfigError(BibliobotError):
    """The configuration is wrong: the text says which key and what was expected."""


class InputError(BibliobotError):
    """A file or an argument cannot be used: the text says why and what to do."""


class WrongUse(InputError):
    """A command's arguments mean nothing, whatever the library and its files: the text says what was expected."""


class ChannelError(BibliobotError):
    """One channel is in trouble; the others go on."""


class ChannelAuthError(ChannelError):
    """The messenger refuses our token: stop this channel until the operator acts."""


class ChannelUnavailable(ChannelError):
    """The messenger does not answer now: try again with growing pauses."""


class RateLimited(ChannelUnavailable):
    """The messenger asks us to wait.

    Attributes:
        retry_after_s: Seconds to wait before the next attempt, 0 to a day whatever was asked for.
        whole_channel: True where the messenger limits the account, False where it limits one chat.
    """

    def __init__(self, retry_after_s: float, *, whole_channel: bool = True) -> None:
        super().__init__(f"asked to wait {retry_after_s:g} s")
        self.retry_after_s = 0.0 if retry_after_s < 0 else min(LONGEST_WAIT_S, retry_after_s)  # of nan: a day
        self.whole_channel = whole_channel


class DeliveryRefused(ChannelError):
    """This contact cannot be reached, now or later: do not try again.

    Attributes:
        blocked: True where the reader stopped us, False for any other permanent refusal.
    """

    def __init__(self, reason: str, *, blocked: bool = False) -> None:
        super().__init__(reason)
        self.blocked = blocked


class WindowClosed(DeliveryRefused):
    """The messenger lets us write only after the reader's next message; the contact is not lost."""


class MessageRefused(DeliveryRefused):
    """The messenger will never take this message (our fault, or its rules); the contact is not lost."""


class BadWebhook(ChannelError):
    """A webhook that is the messenger's own and cannot be read: acknowledged, and kept aside for the operator.

    Attributes:
        answer: What the messenger wants to hear all the same.
    """

    def __init__(self, reason: str = "", *, answer: bytes = b"") -> None:
        super().__init__(reason)
        self.answer = answer


class BadSignature(BadWebhook):
    """A webhook that we must not believe: answer 403."""


class StoreUnavailable(BibliobotError):
    """The database does not answer, is locked, read-only or full: nothing was kept, repeat later."""
