"""The author's replies to typical wrong answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.core.bad_answer import BadAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prep.model.question import Near
    from prep.model.text import Text


def replies_to(nears: Iterable[Near], same: Callable[[str], bool]) -> tuple[Text, ...]:
    """Return the replies of those near misses of which `same` knows a form."""
    return tuple(near.reply for near in nears if any(_fits(same, form) for form in near.forms))


def _fits(same: Callable[[str], bool], form: str) -> bool:
    """Return whether `form` is what was typed; one that cannot be read is not."""
    try:
        return same(form)
    except BadAnswerError:
        return False
