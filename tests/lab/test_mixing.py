"""That an operation refuses two devices on CUDA is read from torch's own table of operators."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

pytest.importorskip("torch")

from prep.lab.mixing import CHECKED, COMPOSED, FREE, ITERATED

TABLE = (
    Path(str(getattr(find_spec("torch"), "origin", ""))).parents[1]
    / "torchgen/packaged/ATen/native"
)


@pytest.fixture(scope="module")
def operators():
    """Give torch's operators by name, each with its overloads; those with `out` are left out."""
    file = TABLE / "native_functions.yaml"
    if not file.exists():
        pytest.skip("this build of torch has no table of operators")
    found = {}
    for entry in yaml.load(file.read_bytes(), yaml.CSafeLoader):
        name, _, overload = entry["func"].partition("(")[0].partition(".")
        found.setdefault(name, {})[overload] = entry
    return found


def kernel(operators, entry):
    """Return the entry that has the kernel: a structured one lends it to its twins."""
    name, _, overload = entry.get("structured_delegate", "").partition(".")
    return operators[name][overload] if name else entry


def places(entry):
    return {place.strip() for key in entry.get("dispatch", {}) for place in key.split(",")}


def compares_devices(operators, name):
    """Return whether CUDA's kernels of this name compare the devices of all their tensors."""
    entries = [entry for overload, entry in operators[name].items() if "out" not in overload]
    kernels = [kernel(operators, entry) for entry in entries]
    on_cuda = [entry for entry in kernels if "CUDA" in places(entry)]
    return bool(on_cuda) and all(entry.get("device_check") != "NoCheck" for entry in on_cuda)


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_a_checked_operation_compares_devices_on_cuda(name, operators):
    assert compares_devices(operators, name)


@pytest.mark.parametrize("name", sorted(COMPOSED))
def test_a_composed_one_ends_in_one_that_does(name, operators):
    assert "CUDA" not in {
        place for entry in operators[name].values() for place in places(kernel(operators, entry))
    }
    assert compares_devices(operators, COMPOSED[name])


@pytest.mark.parametrize("name", sorted(ITERATED))
def test_an_iterated_one_leaves_the_comparison_to_its_iterator(name, operators):
    for entry in operators[name].values():
        found = kernel(operators, entry)
        composite = "CUDA" not in places(found)
        assert composite or found["device_check"] == "NoCheck"


def test_no_operation_is_in_two_tables():
    tables = [CHECKED, frozenset(COMPOSED), ITERATED, FREE]
    assert len(frozenset().union(*tables)) == sum(map(len, tables))
