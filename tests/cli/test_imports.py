"""What a start loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.conftest import TWELVE, environment

STUDY = {
    "torch", "transformers", "tensorflow", "keras", "sklearn", "numpy", "matplotlib", "opacus",
    "ai_edge_litert", "openai", "huggingface_hub", "pytest", "pandas", "scipy",
}  # fmt: skip
NETWORK = {"socket", "ssl", "http", "http.client", "urllib.request", "asyncio", "requests"}
# Each costs more than what it would do for a start; see tests/benchmarks/start.py.
SLOW = {"pygments", "yaml", "fsrs", "importlib.metadata", "email", "unittest"}
LISTED = (
    "import sys\n"
    "from prep.cli.main import main\n"
    "main(sys.argv[1:])\n"
    "print('\\n', *sorted(sys.modules), sep='\\n', file=sys.stderr)\n"
)
CALLS = {
    "version": ("--version",),
    "help": ("--help",),
    "quiz help": ("quiz", "--help"),
    "quiz": ("quiz", "--json", "--bank", TWELVE),
    "stats": ("stats",),
    "search": ("search", "KV"),
    "list": ("list",),
    "show": ("show", "mcp-primitives-and-a2a-roles"),
    "config": ("config",),
}


@pytest.fixture
def loaded(home):
    """Return a function that runs a command (warm) and returns the modules it loaded."""

    def run(*arguments):
        command = [sys.executable, "-c", LISTED, *arguments]
        for _ in range(2):
            done = subprocess.run(
                command, input="", capture_output=True, text=True, check=True,
                env=environment(PREP_HOME=str(home)),
            )  # fmt: skip
        return set(done.stderr.split())

    return run


@pytest.mark.parametrize("name", CALLS)
def test_no_study_library_and_no_network_module_is_loaded(loaded, name):
    assert loaded(*CALLS[name]) & (STUDY | NETWORK) == set()


def test_the_version_needs_neither_typer_nor_rich(loaded):
    assert loaded("--version") & {"typer", "click", "rich", "msgspec", "sqlite3"} == set()


@pytest.mark.parametrize("name", ["quiz", "search", "list", "config"])
def test_a_start_loads_nothing_slow(loaded, name):
    assert loaded(*CALLS[name]) & SLOW == set()
