"""Files that would stop, confuse or exhaust a YAML reader."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest
import yaml

from prep.bank import nodes
from prep.bank.nodes import Mapping, Scalar, compose
from prep.bank.places import MOST_FINDINGS, Findings


@contextmanager
def quickly(seconds=20.0):
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < seconds


@pytest.fixture(params=["CBaseLoader", "BaseLoader"], autouse=True)
def loader(request, monkeypatch):
    """Run every test with libyaml and with PyYAML's own parser."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(nodes, "_LOADER", getattr(yaml, request.param))


def read(data):
    findings = Findings("file")
    with quickly():
        root = compose(data, findings)
    return root, [found.code for found in findings]


def plain(node):
    if isinstance(node, Mapping):
        return {key.value: plain(value) for key, value in node.pairs()}
    return node.value if isinstance(node, Scalar) else [plain(item) for item in node.value]


def test_scalars_stay_text():
    data = b"{a: no, b: 1e-5, c: 3.10, d: 12:30, e: ~, f: 0x1F, g: 2026-01-01}"
    root, codes = read(data)
    assert codes == []
    assert set(map(type, plain(root).values())) == {str}


@pytest.mark.parametrize(
    ("written", "text"), [("~", ""), ("null", ""), ("", ""), ("'~'", "~"), ('"null"', "null")]
)
def test_null_is_nothing_unless_it_is_quoted(written, text):
    root, codes = read(f"a: {written}".encode())
    assert (plain(root), codes) == ({"a": text}, [])


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfa: 1\nb: 2\n", b"a: 1\r\nb: 2\r\n", b"a: 1\rb: 2"])
def test_byte_order_marks_and_line_ends_do_not_matter(data):
    root, codes = read(data)
    assert (plain(root), codes) == ({"a": "1", "b": "2"}, [])


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- ", b"? ", b"[{a: ["])
@pytest.mark.parametrize("count", [41, 100_000])
def test_deep_nesting_is_a_finding(opening, count):
    root, codes = read(opening * count)
    assert root is None
    assert codes in (["too-deep"], ["yaml-syntax"])


def test_nesting_by_indentation_is_a_finding():
    data = b"\n".join(b" " * depth + b"a:" for depth in range(1500))
    assert read(data) == (None, ["too-deep"])


def test_forty_levels_are_read():
    root, codes = read(b"[" * 40 + b"]" * 40)
    assert root is not None
    assert codes == []


def test_a_billion_laughs_stay_small():
    lines = [b"a0: &a0 [ha, ha]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]".encode() for i in range(1, 20)]
    root, codes = read(b"\n".join(lines))
    assert set(codes) == {"yaml-alias"}
    assert len(plain(root)) == 20


@pytest.mark.parametrize("data", [b"a: &x [*x]", b"&x {a: *x}", b"a: &x b", b"a: *x", b"&a a: 1"])
def test_anchors_and_aliases_are_findings(data):
    assert set(read(data)[1]) == {"yaml-alias"}


@pytest.mark.parametrize("tag", ["!!python/object:os.system", "!!str", "!", "!own", "!<tag:x,1:y>"])
def test_tags_are_findings_and_run_nothing(tag):
    assert read(f"a: {tag} x".encode())[1] == ["yaml-tag"]
    assert read(f"a: {tag} [x]".encode())[1] == ["yaml-tag"]


@pytest.mark.parametrize(
    "data", [b"", b"# only words\n", b"---\n", b"\n\n", b"\xef\xbb\xbf", b"''"]
)
def test_a_file_without_content_is_a_finding(data):
    assert read(data)[1] == ["empty-file"]


@pytest.mark.parametrize("end", [b"---\nb: 2\n", b"...\n---\nb: 2\n", b"---\n---\n"])
def test_a_second_document_is_a_finding(end):
    root, codes = read(b"a: 1\n" + end)
    assert (plain(root), codes) == ({"a": "1"}, ["several-documents"])


@pytest.mark.parametrize("data", [b"\x00", b"a: \x00", b"a: \x07", b"a: '\x1b[2J'", b"\xc2\x80: a"])
def test_control_characters_are_findings(data):
    assert read(data) == (None, ["yaml-syntax"])


@pytest.mark.parametrize("data", [b"a: \xff", b"\xff\xfea\x00", b"a: \xed\xa0\x80", b"\xc0\xaf"])
def test_what_is_not_utf8_is_a_finding(data):
    assert read(data) == (None, ["not-utf8"])


@pytest.mark.parametrize("data", [b"a:\t1", b"a: 'x\ty'", b"a: |\n  x\n  \ty\n", b"a: 1\n\tb: 2\n"])
def test_a_tab_is_a_finding_wherever_it_stands(data):
    assert "tab" in read(data)[1]


@pytest.mark.parametrize(
    "data",
    [
        b"a: 'x",
        b"a: [1",
        b"a: b: c",
        b"}",
        b"a: 1\n b: 2",
        b"%YAML 9.9\n---\na: 1",
        b"@x",
        b"a: |x\n",
    ],
)
def test_what_is_not_yaml_is_a_finding(data):
    assert read(data) == (None, ["yaml-syntax"])


def test_a_syntax_error_is_found_at_its_line():
    findings = Findings("file")
    compose(b"a: 1\nb: }\n", findings)
    assert (findings[0].line, findings[0].column) == (2, 4)


def test_a_control_character_is_found_at_its_line():
    findings = Findings("file")
    compose(b"a: 1\nb: x\x00\n", findings)
    assert (findings[0].line, findings[0].column) == (2, 5)


@pytest.mark.parametrize("big", [b"a: " + b"x" * 3_900_000, b"a: |\n" + b"  x\n" * 900_000])
def test_a_huge_scalar_is_read_in_time(big, monkeypatch):
    if nodes._LOADER is yaml.BaseLoader:
        big = big[:400_000]
    root, codes = read(big)
    assert codes == []
    assert len(plain(root)["a"]) > 100_000


def test_countless_aliases_make_few_findings():
    root, codes = read(b"[&x 1" + b", *x" * 20_000 + b"]")
    assert root is None
    assert len(codes) == MOST_FINDINGS + 1
