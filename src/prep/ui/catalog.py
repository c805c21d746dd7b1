"""Lists of topics and questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from prep.ui.markup import inline
from prep.ui.wrap import item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from prep.model.catalog import QuestionRow, TopicRow
    from prep.ui.words import Words


def topic_lines(topics: Sequence[TopicRow], words: Words) -> Iterator[RenderableType]:
    """Yield each topic with its sub-topics."""
    for topic in topics:
        line = Text(topic.id, style="topic")
        line.append(f"  {topic.name[words.language]}", style="strong")
        yield line.append(f"  {words.say('questions', count=topic.questions)}", style="quiet")
        for tag in topic.tags:
            body = Text(f"{tag.name[words.language]} ")
            yield item(f"    {tag.id}", body.append(f"({tag.questions})", style="quiet"), "key")
    yield Text(words.say("topics-next"), style="quiet")


def topics_view(topics: Sequence[TopicRow], words: Words) -> dict[str, Any]:
    """Return the topics as plain data."""
    language = words.language
    return {
        "schema": 1,
        "topics": [
            {"id": topic.id, "name": topic.name[language], "questions": topic.questions,
             "tags": [{"id": tag.id, "name": tag.name[language], "questions": tag.questions}
                      for tag in topic.tags]}
            for topic in topics
        ],
    }  # fmt: skip


def question_lines(
    rows: Sequence[QuestionRow], words: Words, *, count: int | None = None
) -> Iterator[RenderableType]:
    """Yield each question: id, facts, and the beginning of its prompt; `count` is of all found."""
    for row in rows:
        head = Text(row.id, style="key")
        facts = f"  {row.topic} · {words.say('quiz-level', level=row.level)} · {row.type}"
        head.append(facts, style="quiet")
        state = _state(row, words)
        if state:
            head.append(f" · {state}", style="partly" if row.suspended else "quiet")
        yield head
        prompt = inline(row.prompt[words.language])
        prompt.no_wrap, prompt.overflow = True, "ellipsis"
        yield item(" ", prompt)
    if count is not None and count > len(rows):
        yield Text(words.say("questions-of", shown=len(rows), count=count), style="quiet")
    else:
        yield Text(words.say("questions", count=len(rows)), style="quiet")


def questions_view(rows: Sequence[QuestionRow], words: Words) -> dict[str, Any]:
    """Return the questions as plain data."""
    return {
        "schema": 1,
        "questions": [
            {"id": row.id, "topic": row.topic, "level": row.level, "type": row.type,
             "prompt": row.prompt[words.language],
             "due": row.due.isoformat() if row.due else None, "suspended": row.suspended}
            for row in rows
        ],
    }  # fmt: skip


def _state(row: QuestionRow, words: Words) -> str:
    if row.suspended:
        return words.say("row-suspended")
    return words.say("row-due", date=row.due.isoformat()) if row.due else ""
