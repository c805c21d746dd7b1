"""Between deeds and rows; apart from the other rows, since a quiz needs no deeds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from prep.model.practice import Deed
from prep.store.rows import instant, micros

if TYPE_CHECKING:
    from prep.store.rows import Row


def deed_row(deed: Deed) -> Row:
    """Return the values of `practice`, without its `seq`."""
    return (
        deed.uid,
        micros(deed.at),
        deed.offset,
        deed.day.isoformat(),
        deed.exercise,
        deed.kind,
        deed.number,
        deed.verdict,
        deed.score,
        deed.ran,
        deed.total,
        deed.seed,
        deed.device,
        deed.seconds,
        deed.sha256,
        deed.retention,
        deed.cap,
    )


def deed_of(row: Row) -> Deed:
    """Return the deed of a row of `practice`."""
    values = dict(zip(Deed.__struct_fields__, row, strict=True))
    return Deed(**values | {"at": instant(row[1]), "day": date.fromisoformat(row[3])})
