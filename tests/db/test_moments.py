"""Moments on SQLite: what the log writes by itself is what SQLAlchemy would have written."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.dialects import sqlite

from db import rows
from db.base import Moment

ZONES = some.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FIRST, LAST = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - zones come by themselves
MOMENTS = some.datetimes(FIRST, LAST, timezones=some.just(UTC) | ZONES)


@given(MOMENTS | MOMENTS.map(lambda moment: moment.replace(microsecond=0)))
def test_the_log_writes_moments_as_the_models_do(moment: datetime) -> None:
    dialect = sqlite.dialect()
    written_by_the_models = Moment().dialect_impl(dialect).bind_processor(dialect)

    stored = rows.to_sqlite(moment)

    assert written_by_the_models is not None
    assert stored == written_by_the_models(moment)
    assert rows.from_sqlite(stored) == moment
