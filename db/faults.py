"""A driver's faults, in words that tell the operator what to do."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import StoreUnavailable

ADVICE = (
    ("database or disk is full", "no room: the disk is full; free some space"),
    ("disk is full", "no room: the disk is full; free some space"),
    ("no space left", "no room: the disk is full; free some space"),
    ("disk i/o error", "the disk refuses: it is full, over its quota, or failing"),
    ("readonly database", "the database file cannot be written: mend its owner and permissions"),
    ("read-only transaction", "the database takes no writes: it is a standby, or set read-only"),
    ("unable to open database file", "the database file cannot be opened: mend the path and its permissions"),
    ("database is locked", "the database is locked by another program: stop it, or use PostgreSQL"),
    ("no such table", "the tables are missing: run bibliobot db upgrade"),
    (r'role ".*" does not exist', "PostgreSQL knows no such user: make it, or mend database.url"),
    (r'database ".*" does not exist', "there is no such database: make it (createdb), or mend database.url"),
    ("permission denied for", "PostgreSQL gives this user too few rights: let it own the database and its tables"),
    ("pg_hba.conf", "PostgreSQL lets this user in from here in no such way: mend its pg_hba.conf, or database.url"),
    ("rejected ssl upgrade", "PostgreSQL offers no TLS: switch it on there, or take sslmode out of database.url"),
    (
        "certificate verify failed|root certificate",
        "PostgreSQL's certificate cannot be checked: name its authority's file with PGSSLROOTCERT in the environment",
    ),
    (
        "name or service not known|name resolution|no address associated|nodename nor servname",
        "the host in database.url is not known here: mend its name (an @ in the password is written as %40), or this "
        "machine's network",
    ),
    ("does not exist", "a table is missing: run bibliobot db upgrade"),
    ("not a database", "the database file is damaged, or no SQLite file: restore a backup"),
    ("malformed", "the database file is damaged: restore a backup"),
    ("password authentication failed", "PostgreSQL refuses the password: mend database.url"),
    ("too many clients", "PostgreSQL has no connection left: raise max_connections or run fewer processes"),
)


def first_line(error: BaseException) -> str:
    """What a driver said of its fault; never the statement, it may hold a reader's words."""
    original = getattr(error, "orig", None) or error
    return str(original).splitlines()[0] if str(original) else type(original).__name__


def advice(error: BaseException) -> str:
    """What a driver's fault means for the operator; empty where nobody knows."""
    said = first_line(error).lower()
    return next((found for sign, found in ADVICE if re.search(sign, said)), "")


def unavailable(error: BaseException) -> StoreUnavailable:
    """A driver's fault in words for the operator."""
    kind = type(getattr(error, "orig", None) or error).__name__
    return StoreUnavailable(advice(error) or f"the database does not answer ({kind}); is it running?")


@contextmanager
def sqlite_errors() -> Iterator[None]:
    """Turn the faults of SQLite's own driver into StoreUnavailable; a broken rule (a constraint) stays what it is."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except (sqlite3.DatabaseError, OSError) as error:
        raise unavailable(error) from error
