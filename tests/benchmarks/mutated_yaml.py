"""Mutated bank files: no traceback, no hang, no pass of a file that breaks the schema.

`python tests/benchmarks/mutated_yaml.py --count 20000`. The judge of what breaks the schema is
another parser (PyYAML's own, with the core schema of YAML 1.2, refusing duplicate keys, aliases,
tags and several documents) and another validator (jsonschema), not our reader.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import jsonschema
import yaml

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from prep.bank.build import build  # noqa: E402
from prep.bank.files import bank_files  # noqa: E402
from prep.bank.json_schema import json_schema  # noqa: E402
from prep.bank.load import Bank, load, read_file  # noqa: E402
from prep.bank.rules import check  # noqa: E402
from prep.ui.words import Words  # noqa: E402
from tests.bank.core_yaml import core_load  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

# Seconds for one file, on a busy machine.
LIMIT = 5.0
NASTY = (
    "~", "null", "''", "yes", "no", "on", ".nan", ".inf", "-.inf", "nan", "1e999", "1_000", "0x10",
    "0o7", "+1", "１", "1.", ".5", "01", "-0", "12:30", "2026-13-01", "20261122",
    "2026-11-22T00:00:00",
    "[]", "{}", "[[]]", "{a: {b: c}}", "[1, 2]", "*x", "&x y", "&x [*x]",
    "!!python/object:os.system x",
    "!!str 1", "! x", "<<", "{<<: {a: 1}}", "? [a]", "|", ">", "|-\n", "'", '"', "- - - -", "@x",
    "%x",
    "`x`", "\t", "\u2028", "\ufeff", "\u0000", "\u0007", "\ud7ff", "\U0001f600", "9" * 400,
    "[" * 50,
    "$answer", "${x", "$$", "{en: a}", "{en: a, zh: b, de: c}", "x" * 70_000, "true", "false",
    "-1",
    "6", "single", "open", "1.5", "http://a b", "a b",
)  # fmt: skip
KEY = re.compile(r"(?m)^([ -]*)([a-z_]+):")
VALUE = re.compile(r"(?m)(: )([^\n]+)$")
FLOW_VALUE = re.compile(r'(: )("[^"\n]*"|[^{}\[\],\n]+)(?=[,}\]])')


@dataclass
class Tally:
    """What came of the files; `faults` are ours."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


# --- mutations: bytes in, bytes out ---


def flip(data: bytes, chance: Random) -> bytes:
    """Change one byte."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def cut(data: bytes, chance: Random) -> bytes:
    """Delete some bytes."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice([1, 1, 2, 10, 200]) :]


def repeat(data: bytes, chance: Random) -> bytes:
    """Write some bytes twice."""
    at = chance.randrange(len(data))
    end = at + chance.choice([1, 3, 50, 2000])
    return data[:end] + data[at:]


def truncate(data: bytes, chance: Random) -> bytes:
    """Keep the start only."""
    return data[: chance.randrange(len(data))]


def insert(data: bytes, chance: Random) -> bytes:
    """Put something nasty anywhere."""
    at = chance.randrange(len(data))
    return data[:at] + nasty(chance) + data[at:]


def lines(data: bytes, chance: Random) -> bytes:
    """Swap, delete, double, indent or join lines."""
    rows = data.split(b"\n")
    at, other = chance.randrange(len(rows)), chance.randrange(len(rows))
    match chance.randrange(5):
        case 0:
            rows[at], rows[other] = rows[other], rows[at]
        case 1:
            del rows[at]
        case 2:
            rows.insert(other, rows[at])
        case 3:
            rows[at] = b" " * chance.choice([1, 2, 4]) + rows[at]
        case _:
            rows[at] = rows[at].lstrip()
    return b"\n".join(rows)


def key(data: bytes, chance: Random) -> bytes:
    """Rename a key, or write it twice."""
    text = data.decode(errors="surrogateescape")
    found = list(KEY.finditer(text))
    if not found:
        return data
    one, other = chance.choice(found), chance.choice(found)
    new = chance.choice(
        [
            other[2],
            one[2] + "s",
            one[2].upper(),
            f"&k {one[2]}",
            f"!k {one[2]}",
            "<<",
            "? " + one[2],
        ]
    )
    if chance.random() < 0.3:
        doubled = f"{' ' * len(one[1])}{one[2]}: {other[2]}\n"
        return _encoded(
            text[: one.start()] + one[0].replace("-", "-", 1) + " x\n" + doubled + text[one.end() :]
        )
    return _encoded(text[: one.start(2)] + new + text[one.end(2) :])


def value(data: bytes, chance: Random) -> bytes:
    """Put something nasty in place of a value."""
    text = data.decode(errors="surrogateescape")
    found = list(chance.choice([VALUE, FLOW_VALUE]).finditer(text))
    if not found:
        return data
    one = chance.choice(found)
    new = nasty(chance).decode(errors="surrogateescape")
    if chance.random() < 0.3:
        new = chance.choice(found)[2]
    return _encoded(text[: one.start(2)] + new + text[one.end(2) :])


def whole(data: bytes, chance: Random) -> bytes:
    """Do something to the file as a whole."""
    return chance.choice([
        lambda: b"\xef\xbb\xbf" + data,
        lambda: data.replace(b"\n", b"\r\n"),
        lambda: data + b"---\n" + data,
        lambda: data.decode().encode("utf-16"),
        lambda: b"[" * 100_000 + data,
        lambda: b"x: &a [" + b"*a, " * 1000 + b"]\n" + data,
        lambda: data.replace(b"  ", b"\t", 5),
        lambda: b"%TAG ! tag:x,1:\n---\n" + data,
        lambda: b"",
        lambda: data.replace(b"questions:", b"questions: &q"),
    ])()  # fmt: skip


def nasty(chance: Random) -> bytes:
    """Return something that YAML readers stumble over."""
    return chance.choice(NASTY).encode(errors="surrogatepass")


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip, cut, repeat, truncate, insert, lines, lines, key, key, value, value, value, whole,
)  # fmt: skip


def mutated(data: bytes, chance: Random) -> bytes:
    """Apply one to three mutations."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        try:
            data = chance.choice(MUTATIONS)(data, chance) or b"\n"
        except UnicodeDecodeError:
            continue
    return data


# --- the run ---


def run(count: int, seed: int, folder: Path, *, whole_bank: int = 25) -> Tally:
    """Check `count` mutated files; every `whole_bank`-th one with all rules and the build."""
    sources = sorted((ROOT / "questions").glob("*/*.yaml"))
    pieces = [piece for path in sources for piece in _pieces(path.read_bytes())]
    validator = jsonschema.Draft202012Validator(json_schema())
    tally = Tally()
    for number in range(count):
        chance = Random(f"{seed}/{number}")
        data = mutated(chance.choice(pieces), chance)
        _one(data, folder, validator, tally, number, every_rule=number % whole_bank == 0)
    return tally


def _pieces(data: bytes) -> list[bytes]:
    """Return a file, or of a large one its questions by threes."""
    head, *items = re.split(rb"(?m)^(?=  - id:|  - \{id:)", data)
    if not items:
        return [data]
    return [head + b"".join(items[at : at + 3]) for at in range(0, len(items), 3)]


def _one(
    data: bytes,
    folder: Path,
    validator: jsonschema.Validator,
    tally: Tally,
    number: int,
    *,
    every_rule: bool,
) -> None:
    is_topic = b"questions" not in data[:40] and b"tags:" in data[:200]
    path = folder / "topic" / ("topic.yaml" if is_topic else "group.yaml")
    for old in path.parent.iterdir():
        old.unlink()
    path.write_bytes(data)
    start = time.perf_counter()
    try:
        passed = _passes(folder, every_rule=every_rule)
    except BaseException:  # noqa: BLE001 - any at all is what is looked for
        tally.faults.append(f"{number}: traceback\n{traceback.format_exc()}")
        return
    seconds = time.perf_counter() - start
    tally.slowest = max(tally.slowest, seconds)
    if seconds > LIMIT:
        tally.faults.append(f"{number}: took {seconds:.1f} s")
    fits = _fits(data, validator)
    tally.outcomes[
        f"{'passed' if passed else 'refused'}, {'fits' if fits else 'breaks'} the schema"
    ] += 1
    if passed and not fits:
        tally.faults.append(f"{number}: passed, but breaks the schema")


def _passes(folder: Path, *, every_rule: bool) -> bool:
    """Return whether our reader finds nothing; render what it finds."""
    (file,) = bank_files(folder)
    content = read_file(file)
    found = list(content.findings)
    if every_rule:
        bank: Bank = load(folder)
        for finding in check(bank, run_generators=False):
            for words in _WORDS:
                words.say(f"finding-{finding.code}", **finding.values)
        build(folder, b"", b"")
    for finding in found:
        for words in _WORDS:
            words.say(f"finding-{finding.code}", **finding.values)
    return not found


_WORDS = (Words("en"), Words("zh"))


def _fits(data: bytes, validator: jsonschema.Validator) -> bool:
    try:
        return bool(validator.is_valid(_value(data)))
    except (yaml.YAMLError, ValueError, RecursionError):
        return False


def _value(data: bytes) -> Any:
    """Parse in Python; what only libyaml reads (`{a: b?c}`) is written out by libyaml first."""
    try:
        return core_load(data)
    except (yaml.scanner.ScannerError, yaml.parser.ParserError):
        events = yaml.parse(data, Loader=yaml.CBaseLoader)
        return core_load(yaml.emit(map(_block, events), allow_unicode=True).encode())


def _block(event: yaml.Event) -> yaml.Event:
    """Let a plain text stay plain: outside braces it may hold a question mark."""
    if isinstance(event, yaml.CollectionStartEvent):
        event.flow_style = False
    return event


def main() -> None:
    """Run and print; exit code 1 when a file did what none may do."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "topic").mkdir()
        tally = run(given.count, given.seed, Path(name))
    for outcome, count in tally.outcomes.most_common():
        print(f"{count:7} {outcome}")
    seconds = time.perf_counter() - start
    print(f"{seconds:.0f} s; slowest file {tally.slowest:.2f} s; faults: {len(tally.faults)}")
    print("\n".join(tally.faults[:20]))
    sys.exit(bool(tally.faults))


if __name__ == "__main__":
    main()
