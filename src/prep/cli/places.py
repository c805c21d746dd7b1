"""Where things are: the user's folders and the shipped bank."""

from __future__ import annotations

import os
from pathlib import Path

import prep
from prep.errors import EnvironmentLacksError, UsageError

# The package has a room called `exercises`, so the folder travels under another name.
_INSIDE = {"exercises": "exercise_files"}


def data_folder() -> Path:
    """Return the folder of the user's progress: $PREP_HOME, else the platform's."""
    home = os.environ.get("PREP_HOME")
    if home:
        return Path(home).expanduser()
    from platformdirs import user_data_path  # noqa: PLC0415 - not needed with PREP_HOME

    return user_data_path("prep", appauthor=False)


def cache_folder() -> Path:
    """Return the folder of what can be made anew: under $PREP_HOME, else the platform's."""
    home = os.environ.get("PREP_HOME")
    if home:
        return Path(home).expanduser() / "cache"
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("prep", appauthor=False)


def shipped(name: str) -> Path:
    """Return the top-level folder `name`: the installed package's, else the checkout's."""
    package = Path(prep.__file__).parent
    for folder in (package / _INSIDE.get(name, name), package.parents[1] / name):
        if folder.is_dir():
            return folder
    raise EnvironmentLacksError("not-installed", name=name, path=str(package))


def writable_exercises() -> Path:
    """Return the checkout's folder of exercises; an installed package has none to write into."""
    package = Path(prep.__file__).parent
    folder = package.parents[1] / "exercises"
    if (package / _INSIDE["exercises"]).is_dir() or not folder.is_dir():
        raise UsageError("dev-no-checkout")
    return folder
