"""Who a reader is for WhatsApp: a phone number, or an id that holds only for this business. Pure.

Since 2026 a reader who has taken a user name may come without a number: then Meta gives an id such as
``US.13491208655302741918`` (business-scoped user id). The address of a contact is ``+<digits>`` where the
number is known, else ``bsuid:<id>``: the prefix tells which, for ever.
"""

import re
from typing import Any

_PHONE = re.compile(r"\d{5,15}")
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
USER_ID_PREFIX = "bsuid:"


def phone_of(value: Any) -> str:
    """``+<digits>`` out of a ``wa_id``; "" where it is none."""
    digits = value.removeprefix("+") if isinstance(value, str) else ""
    return "+" + digits if _PHONE.fullmatch(digits) else ""


def user_id_of(value: Any) -> str:
    """``bsuid:<id>`` out of a business-scoped user id; "" where it is none."""
    return USER_ID_PREFIX + value if isinstance(value, str) and _USER_ID.fullmatch(value) else ""


def recipient(address: str) -> dict[str, str] | None:
    """How a call names the contact: ``to`` a number or ``recipient`` an id; None where the address is neither."""
    user_id = address.removeprefix(USER_ID_PREFIX)
    if user_id != address:
        return {"recipient": user_id} if _USER_ID.fullmatch(user_id) else None
    phone = phone_of(address)
    return {"to": phone[1:]} if phone else None
