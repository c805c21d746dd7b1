"""Calls that a task forbids, refused while they happen, when the caller is the learner's file.

Library modules may use them: only the caller's file counts. A rule of the game, not a wall.
"""

from __future__ import annotations

import functools
import importlib
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import FrameType

_DISPATCH = ("/torch/overrides.py", "/torch/utils/_device.py", "/torch/_tensor.py")


class ForbiddenCallError(Exception):
    """The learner's file called what the task forbids."""

    def __init__(self, call: str) -> None:
        super().__init__(f"{call} is not allowed in this exercise")
        self.call = call


def guard(forbidden: Collection[str], file: str) -> AbstractContextManager[object]:
    """Return a context in which `file` cannot call what is forbidden."""
    classes = [name for name in forbidden if name.rpartition(".")[2][:1].isupper()]
    for name in classes:
        _watch_class(name, file)
    functions = {name.rpartition(".")[2]: name for name in forbidden if name not in classes}
    if not functions or "torch" not in sys.modules:
        return nullcontext()
    return _mode(functions, file)


def _watch_class(name: str, file: str) -> None:
    """Let the class refuse to be made by `file`, also as a base class."""
    module, _, last = name.rpartition(".")
    try:
        kind = getattr(importlib.import_module(module), last)
    except (ImportError, AttributeError):
        return
    original: Callable[..., None] = kind.__init__

    @functools.wraps(original)
    def checked(self: object, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        if sys._getframe(1).f_code.co_filename == file:  # noqa: SLF001 - who calls is the question
            raise ForbiddenCallError(name)
        original(self, *args, **kwargs)

    kind.__init__ = checked


def _mode(functions: dict[str, str], file: str) -> AbstractContextManager[object]:
    from torch.overrides import TorchFunctionMode  # noqa: PLC0415

    class Refusal(TorchFunctionMode):
        def __torch_function__(
            self,
            function: Any,  # noqa: ANN401
            types: object,
            args: tuple[Any, ...] = (),
            kwargs: dict[str, Any] | None = None,
        ) -> Any:  # noqa: ANN401
            name = functions.get(getattr(function, "__name__", ""))
            if name is not None and _caller(function) == file:
                raise ForbiddenCallError(name)
            return function(*args, **(kwargs or {}))

    return Refusal()


def _caller(function: Any) -> str:  # noqa: ANN401
    """Return the file that called `function`, past torch's own dispatch and the function itself."""
    own = getattr(function, "__code__", None)
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001
    while frame is not None:
        if frame.f_code is not own and not frame.f_code.co_filename.endswith(_DISPATCH):
            return frame.f_code.co_filename
        frame = frame.f_back
    return ""
