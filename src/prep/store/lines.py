"""The lines of an export, and what makes a file of them sound.

Format 2 knows deeds. Without deeds format 1 is written, which an older program reads too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from prep.core.answers import TARGETED
from prep.errors import PrepError
from prep.model.practice import Deed  # noqa: TC001 - msgspec reads the annotations
from prep.model.review import LogEntry, Utc  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

WITHOUT_DEEDS, VERSION = 1, 2
# Days between an entry's study day and its instant: a zone and the rollover hour.
LARGEST_SHIFT = 2
FIRST_YEAR, LAST_YEAR = 1970, 2200


class _Line(Struct, frozen=True, forbid_unknown_fields=True, tag_field="line"):
    pass


class Header(_Line, frozen=True, tag="prep-progress"):
    """The first line."""

    version: int


class LogLine(_Line, frozen=True, tag="log"):
    """An entry of the log."""

    entry: LogEntry


class DeedLine(_Line, frozen=True, tag="practice"):
    """What was done about an exercise."""

    deed: Deed


class SettingLine(_Line, frozen=True, tag="setting"):
    """A setting, or one that was taken back, and when it was changed."""

    key: str
    value: str | None
    at: Utc


class End(_Line, frozen=True, tag="end"):
    """The last line: a file that was cut off has none, or counts more than it holds."""

    lines: int


Told = LogLine | DeedLine | SettingLine
Line = Header | Told | End
Body = list[tuple[int, Told]]
DECODER: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def parsed(lines: Iterable[str | bytes]) -> Body:
    """Return the lines between header and end with their numbers; the first bad one raises."""
    numbered = [(number, raw) for number, text in enumerate(lines, 1) if (raw := _raw(text))]
    if not numbered:
        raise PrepError("import-empty")
    _check_header(*numbered[0])
    body: Body = []
    for number, raw in numbered[1:-1]:
        line = _decoded(number, raw)
        if not isinstance(line, Told):
            raise PrepError("import-bad-line", line=number, reason=f"unexpected {line}")
        body.append((number, line))
    if not _ends(numbered[-1][1], len(body)):
        raise PrepError("import-cut-off", lines=len(body))
    return body


def _raw(text: str | bytes) -> bytes:
    raw = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    # Some editors, and PowerShell, put a byte order mark before the first line.
    return raw.removeprefix(b"\xef\xbb\xbf").strip()


def _check_header(number: int, raw: bytes) -> None:
    # The version first: what a newer program wrote may differ in everything else.
    try:
        header = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        header = None
    if not (isinstance(header, dict) and header.get("line") == "prep-progress"):
        raise PrepError("import-not-ours", line=number)
    version = header.get("version")
    if not isinstance(version, int) or version < 1:
        raise PrepError("import-not-ours", line=number)
    if version > VERSION:
        raise PrepError("import-newer", found=version, supported=VERSION)


def _ends(raw: bytes, lines: int) -> bool:
    try:
        return DECODER.decode(raw) == End(lines)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _decoded(number: int, raw: bytes) -> Line:
    try:
        line = DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PrepError("import-bad-line", line=number, reason=str(error)) from error
    if reason := _nonsense(line):
        raise PrepError("import-bad-line", line=number, reason=reason)
    return line


def _nonsense(line: Line) -> str | None:
    match line:
        case SettingLine():
            return _odd_year(line.at)
        case LogLine():
            return _odd_time(line.entry) or _odd_target(line.entry)
        case DeedLine():
            return _odd_time(line.deed) or _odd_deed(line.deed)
        case _:
            return None


def _odd_year(at: datetime) -> str | None:
    # Years far away would overflow when the schedule adds a hundred years.
    return None if FIRST_YEAR <= at.year <= LAST_YEAR else f"the year {at.year}"


def _odd_time(entry: LogEntry | Deed) -> str | None:
    if abs((entry.day - entry.at.date()).days) > LARGEST_SHIFT:
        return f"{entry.day} is not the day of {entry.at}"
    return _odd_year(entry.at)


def _odd_target(entry: LogEntry) -> str | None:
    if (entry.target is None) == (entry.kind in TARGETED):
        return f"target {entry.target} of {entry.kind}"
    return None


def _odd_deed(deed: Deed) -> str | None:
    if (deed.verdict is None) == (deed.kind == "attempt"):
        return f"verdict {deed.verdict} of {deed.kind}"
    if (deed.number is None) == (deed.kind == "hint"):
        return f"number {deed.number} of {deed.kind}"
    return None
