"""A gateway's callback → what is to be asked, and what readers wrote. Pure."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from adapters.sms.gateways.port import Called, Report
from bot.channels import Accepted, Webhook
from bot.messages import Contact, DeliveryReceipt, Inbound, Text
from bot.quick import dataclass

MOST_FIELDS = 300


@dataclass(frozen=True, slots=True)
class AskFor:
    """A courtesy: callbacks are not signed, so the gateway itself is asked what became of these messages."""

    external_ids: tuple[str, ...]


def secret_of(webhook: Webhook) -> str:
    """What proves a callback: the end of its path, or ``?secret=`` where the gateway wants a short path."""
    return webhook.query.get("secret", "") or webhook.path.rpartition("/")[2]


def form_of(webhook: Webhook) -> Mapping[str, str]:
    """The fields of a callback, from the address and the body; in UTF-8 or, from older accounts, windows-1251."""
    fields = dict(webhook.query)
    fields.pop("secret", None)
    try:
        body = webhook.body.decode("ascii")
        for encoding in ("utf-8", "cp1251"):
            try:
                pairs = parse_qsl(
                    body, keep_blank_values=True, encoding=encoding, errors="strict", max_num_fields=MOST_FIELDS
                )
            except UnicodeDecodeError:
                continue
            # PHP's way to send a list: the same name with [] again and again.
            named = [
                (f"{name}{number}" if name.endswith("[]") else name, value)
                for number, (name, value) in enumerate(pairs)
            ]
            return fields | dict(named)
    except ValueError:
        pass
    return fields


def accepted(called: Called, *, channel: str, now: datetime) -> Accepted:
    """What the core keeps of a callback, and what it asks of us once that is kept."""
    return Accepted(
        messages=tuple(
            Inbound(
                contact=Contact(channel=channel, address="+" + heard.phone),
                content=Text(heard.text),
                idempotency_key=heard.key,
                sent_at=heard.at or now,
            )
            for heard in called.heard
        ),
        courtesies=(AskFor(called.asked),) if called.asked else (),
        set_aside=called.set_aside,
        answer=called.answer,
    )


def receipt(report: Report, *, channel: str, now: datetime) -> DeliveryReceipt:
    """A report as the core keeps it."""
    return DeliveryReceipt(
        channel=channel,
        external_id=report.external_id,
        delivery=report.delivery,
        at=now,
        reason=report.reason,
        unreachable=report.unreachable,
    )
