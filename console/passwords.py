"""Passwords and one-time codes: hashed and compared off the event loop, a few at a time."""

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 200
LONGEST_ISSUER = 30
"""Characters of a password. Source: OWASP ASVS 4.0.3, V2.1 (its 12 are met by what we make ourselves)."""
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the letters and digits that are mistaken for one another when read off a sheet of paper."""
COMMON = frozenset(
    {
        "password",
        "passw0rd",
        "password1",
        "password12",
        "password123",
        "qwertyuiop",
        "qwerty12345",
        "1234567890",
        "123456789a",
        "0123456789",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "йцукенгшщз",
        "йцукен12345",
        "пароль12345",
        "библиотека",
        "bibliobot1",
        "bibliobot12",
        "biblioteka1",
        "biblioteka",
        "zaq12wsxcde",
        "administrator",
        "adminadmin",
        "iloveyou12",
        "abcdefghij",
    }
)
SECRET_BYTES = 20
"""Of a second factor, as RFC 4226 asks."""
STEP_S = 30
"""Seconds that a one-time code lasts (RFC 6238)."""
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="passwords")
"""Each hash takes 64 MiB for some tens of milliseconds: a crowd at the door waits in line."""


def made() -> str:
    """A new password that can be read out over the telephone: some 79 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def made_of(secret: bytes) -> str:
    """What :func:`made` might have made, the same for the same 256 random bits."""
    number, letters = int.from_bytes(secret, "big"), ""
    for _ in range(16):
        number, at = divmod(number, len(ALPHABET))
        letters += ALPHABET[at]
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def fault_of(password: str, login: str) -> str:
    """Why a password is too weak: ``short``, ``long``, ``common``, ``login``; "" where it will do."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    folded = password.casefold()
    if folded in COMMON or len(set(folded)) < 5:
        return "common"
    return "login" if login.casefold() in folded else ""


async def hashed(password: str) -> str:
    """The hash to keep."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, lambda: _hasher().hash(password))


async def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password; takes as long where there is no account (``kept`` is None)."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _fits, password, kept)


def hasher() -> "PasswordHasher":
    """argon2id with the library's defaults, which follow RFC 9106 (64 MiB, 3 passes, 4 lanes); loaded at the door."""
    from argon2 import PasswordHasher

    return PasswordHasher()


_make: Callable[[], "PasswordHasher"] = hasher


def hash_with(make: Callable[[], "PasswordHasher"]) -> None:
    """Take hashes of another cost, in this process: the test suite makes hundreds of them."""
    global _make  # noqa: PLW0603 - one process hashes in one way
    _make = make
    _hasher.cache_clear()
    _nobodys.cache_clear()


@lru_cache(maxsize=1)
def _hasher() -> "PasswordHasher":
    return _make()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex(16))


def _fits(password: str, kept: str | None) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


SALTED = "salt:"
"""Before what the store keeps of a second factor: a salt, and never the secret."""


def new_salt() -> str:
    """What a new second factor is made of, with the service's key: 128 random bits."""
    return SALTED + secrets.token_urlsafe(16)


def is_salt(said: str) -> bool:
    """Whether a form brought back what :func:`new_salt` makes."""
    return re.fullmatch(SALTED + r"[A-Za-z0-9_-]{22}", said) is not None


def secret_of(kept: str, key: bytes) -> str:
    """The secret of somebody's one-time codes, in base32.

    It is made of the salt in the store and the service's key, which lies beside the store or in the environment: a
    copy of the store alone makes no codes. What an earlier version kept is the secret itself.
    """
    if not kept.startswith(SALTED):
        return kept
    made = hmac.digest(key, b"second factor " + kept.encode(), "sha256")
    return base64.b32encode(made[:SECRET_BYTES]).decode()


def code_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, half a minute off either way; None for a wrong one."""
    import pyotp

    said = "".join(code.split())
    if not said.isascii() or not said.isdigit():
        return None
    step = int(now.timestamp()) // STEP_S
    one_time = pyotp.TOTP(secret)
    for candidate in (step, step - 1, step + 1):
        if secrets.compare_digest(one_time.at(candidate * STEP_S), said):
            return candidate
    return None


def address_of_secret(secret: str, login: str, library: str) -> str:
    """What an authenticator scans.

    Each Russian letter makes six characters of it: with the full name of a library twice, as usual, the picture is so
    fine that the camera of an old telephone does not read it.
    """
    issuer = library if len(library) <= LONGEST_ISSUER else f"{library[: LONGEST_ISSUER - 1].rstrip()}…"
    return f"otpauth://totp/{quote(login)}?secret={secret}&issuer={quote(issuer)}"


def digest(token: str) -> str:
    """What the store keeps of a session's token, which has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
