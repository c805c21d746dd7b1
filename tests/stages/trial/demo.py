"""A demo without training: what it yields depends on `step` alone."""

import time

from shared import KEPT

from prep.lab.events import Artefact, Ask, Fact, Metric, Progress, Say, Table, Text


def demo(solution, stage):
    yield Say(Text("It begins.", "开始。"))
    total, value, done = stage.steps(quick=4, full=200), 0.0, 0
    file = stage.folder / KEPT
    try:
        for done in range(1, total + 1):
            value = solution.step(done)
            yield Metric("loss", done, value)
            yield Metric("valid_loss", done, value + 1)
            yield Progress(Text("training", "训练"), done, total)
            time.sleep(0 if stage.quick else 0.05)
    finally:
        file.write_text(f"{done} {value}", encoding="utf-8")
        yield Artefact(str(file))
    yield Table(Text("Steps", "步骤"), (Text("last", "最后"), "value"), ((str(done), str(value)),))
    try:
        name = yield Ask(Text("Your name?", "你的名字？"))
    except KeyboardInterrupt:
        yield Say(Text("It was interrupted.", "被中断了。"))
        raise
    yield Fact("name", str(name))
    yield Fact("model", str(stage.options.get("model")))
    yield Fact("data", Text("none", "无"))
