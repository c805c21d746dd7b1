"""The best device that is there is chosen; one that is not there is an error that says what is."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import pytest

from prep.errors import EnvironmentLacksError
from prep.lab import device
from prep.model.device import pick_device


@pytest.mark.parametrize(
    ("wanted", "there", "chosen"),
    [
        ("auto", ["cpu"], "cpu"),
        ("auto", ["mps", "cpu"], "mps"),
        ("auto", ["cpu", "mps", "cuda"], "cuda"),
        ("cpu", ["cuda", "cpu"], "cpu"),
        ("cuda", ["cuda", "cpu"], "cuda"),
    ],
)
def test_auto_is_cuda_then_mps_then_the_cpu(wanted, there, chosen):
    assert pick_device(wanted, there) == chosen


def test_what_is_not_there_is_said_with_what_is():
    with pytest.raises(EnvironmentLacksError) as caught:
        pick_device("cuda", ["mps", "cpu"])
    assert (caught.value.code, caught.value.exit_code) == ("device-missing", 3)
    assert caught.value.values == {"device": "cuda", "there": "mps, cpu"}


def stand_in(monkeypatch, *, cuda=False, mps=False):
    """Take the place of torch: no machine has all of its devices."""
    torch = SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: cuda),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: mps)),
    )
    monkeypatch.setitem(sys.modules, "torch", torch)


@pytest.mark.parametrize(
    ("has", "there"),
    [
        ({}, ["cpu"]),
        ({"cuda": True}, ["cuda", "cpu"]),
        ({"mps": True}, ["mps", "cpu"]),
        ({"cuda": True, "mps": True}, ["cuda", "mps", "cpu"]),
    ],
)
def test_torch_is_asked_when_it_is_loaded_also_in_a_fork(has, there, monkeypatch):
    stand_in(monkeypatch, **has)
    assert device.devices() == device.devices_asked_apart() == there
    assert device.choose_device("auto") == there[0]


def test_a_driver_that_crashes_is_no_device(monkeypatch):
    stand_in(monkeypatch)
    monkeypatch.setattr(sys.modules["torch"].cuda, "is_available", lambda: 1 / 0)
    assert device.devices_asked_apart() == ["cpu"]


def test_tensorflow_is_asked_when_torch_is_not_loaded(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    config = SimpleNamespace(list_physical_devices=lambda _: ["one"])
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=config))
    monkeypatch.setattr(sys, "platform", "linux")
    assert device.devices() == ["cuda", "cpu"]


def test_nothing_is_loaded_to_find_out():
    code = "import sys; from prep.lab.device import choose_device; print(choose_device('auto'))"
    code += "; print({'torch', 'tensorflow', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "cpu\nset()\n"


def test_cuda_computes_float32_without_shortcuts():
    torch = pytest.importorskip("torch")
    before = torch.backends.cudnn.enabled
    try:
        device.prepare("cuda")
        assert not torch.backends.cuda.matmul.allow_tf32
        assert not torch.backends.cudnn.enabled
    finally:
        torch.backends.cudnn.enabled = before
