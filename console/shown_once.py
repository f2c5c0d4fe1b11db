"""A password that the page after a form shows once: made anew there, so nothing has to be kept meanwhile.

A page that answered the form itself would send it again when it is loaded again, and the password on somebody's sheet
of paper would be none. So the browser goes on to a page of its own and takes along a random word in a cookie. Of the
word, the session and the service's key either page makes the same password: it stands in no address, no cookie, no log
and no store, whichever process answers. The cookie goes with the page that has shown it; where that page never came it
is still there.
"""

import hmac
import secrets
from datetime import timedelta

from aiohttp import web

from console import passwords
from console.room import ROOT, Room, Visit

_KEPT = timedelta(minutes=10)
"""A lost answer is asked again within this."""
_PATH = f"{ROOT}staff"


def new_word() -> str:
    """What the cookie will hold: 128 random bits."""
    return secrets.token_urlsafe(16)


def password_of(room: Room, visit: Visit, word: str) -> str:
    """The password that goes with a word, in this session."""
    return passwords.made_of(_digest(room, visit, "password", word))


def take_along(room: Room, visit: Visit, response: web.Response, staff_id: int, word: str) -> None:
    """Let the next page show the password of somebody."""
    response.set_cookie(
        _name(staff_id),
        f"{word}.{_signed(room, visit, staff_id, word)}",
        path=_PATH,
        max_age=int(_KEPT.total_seconds()),
        secure=room.setting.secure,
        httponly=True,
        samesite="Strict",
    )


def brought(room: Room, visit: Visit, staff_id: int) -> str:
    """The password to show, "" where there is none, or it was shown."""
    word, _, signed = visit.request.cookies.get(_name(staff_id), "").partition(".")
    if not hmac.compare_digest(signed.encode(), _signed(room, visit, staff_id, word).encode()):
        return ""
    return password_of(room, visit, word)


def forget(visit: Visit, response: web.Response, staff_id: int) -> None:
    """It is on the screen now. Who asks for the head alone has seen nothing."""
    if visit.request.method == "GET":
        response.del_cookie(_name(staff_id), path=_PATH)


def _name(staff_id: int) -> str:
    return f"bibliobot_made_{staff_id}"


def _signed(room: Room, visit: Visit, staff_id: int, word: str) -> str:
    return _digest(room, visit, f"word of {staff_id}", word).hex()


def _digest(room: Room, visit: Visit, what: str, word: str) -> bytes:
    return hmac.digest(room.setting.key, f"{what} {word} {visit.token}".encode(), "sha256")
