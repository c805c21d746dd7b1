"""Draws letters from counts of real text, and puts the law that comes out beside the right one."""

import argparse
import inspect
import json.decoder
import textwrap
from collections import Counter
from itertools import pairwise

import numpy as np

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

SETTINGS = {
    "temperature=0.7": {"temperature": 0.7},
    "top_k=4": {"top_k": 4},
    "top_p=0.6": {"top_p": 0.6},
    "top_k=6, top_p=0.75": {"top_k": 6, "top_p": 0.75},
}
CHUNK, ORDER = 100, 5  # letters of one generation; letters that the model looks at
YOURS, SOUND = Text("yours", "你的"), Text("sound", "正常")


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    text = "".join(inspect.getsource(each) for each in (argparse, textwrap, json.decoder))
    letters = sorted(set(text))
    yield Fact(
        "data",
        Text(
            f"Python's own argparse, textwrap, json: {len(text):,} characters, {len(letters)} kinds",
            f"Python 自带的 argparse、textwrap、json 源码：{len(text):,} 个字符，{len(letters)} 种",
        ),
    )
    after = Counter(b for a, b in pairwise(text) if a == "r")
    logits = np.log([after[letter] + 0.5 for letter in letters])
    yield Say(
        Text(
            "Which letter follows an r? The sampler draws from the counts of the text. The distance"
            " between its draws and the right law must fall to 0 as draws are added.",
            "字母 r 后面跟什么？采样器按文本中的计数抽取。随着抽取次数增加，它与正确分布的距离应当趋于 0。",
        )
    )
    drawn = yield from _distances(solution, logits, stage)
    yield _law(drawn, logits, letters)
    yield _symptoms(solution, logits)
    written = _written(solution, text, letters, stage)
    file = stage.folder / "written.txt"
    file.write_text(written, encoding="utf-8")
    yield Say(Text("What it writes with top_p=0.9:", "top_p=0.9 时写出的文字："))
    for line in written.splitlines()[:8]:
        yield Say(Text(line, line))
    yield Artefact(str(file))


def right_law(logits, temperature=1.0, top_k=None, top_p=1.0):
    """The probabilities of all tokens, letter by letter: slow, and easy to follow."""
    share = np.exp((logits - logits.max()) / temperature)
    if top_k is not None:
        share = np.array([w if (share > w).sum() < top_k else 0.0 for w in share])
    share = share / share.sum()
    before = np.array([share[share > w].sum() for w in share])  # of the likelier ones
    share = np.where(before < top_p, share, 0.0)
    return share / share.sum()


def _distances(solution, logits, stage):
    """Draw and measure as it goes; return the counts of each setting."""
    rounds = stage.steps(quick=20, full=400)
    counts = {name: np.zeros(len(logits)) for name in SETTINGS}
    for done in range(1, rounds + 1):
        for name, options in SETTINGS.items():
            seed = stage.seed * rounds + done
            told = solution.generate(
                lambda tokens: logits.copy(), [0], limit=CHUNK, stop=-1, seed=seed, **options
            )
            counts[name] += np.bincount(told, minlength=len(logits))
            if done % (rounds // 20) == 0:
                drawn = counts[name] / max(1, counts[name].sum())
                apart = np.abs(drawn - right_law(logits, **options)).sum() / 2
                yield Metric(f"distance, {name}", done * CHUNK, apart)
        yield Progress(Text("draws", "抽取"), done, rounds)
    return counts


def _law(drawn, logits, letters):
    """The likeliest letters, by the right law and as they were drawn."""
    name = "top_k=6, top_p=0.75"
    law, found = right_law(logits, **SETTINGS[name]), drawn[name] / max(1, drawn[name].sum())
    larger = np.maximum(law, found)
    shown = [i for i in np.argsort(-larger, kind="stable")[:8] if larger[i] > 0]
    rows = tuple((repr(letters[i]), f"{found[i]:.3f}", f"{law[i]:.3f}") for i in shown)
    return Table(
        Text(f"Share of each letter, {name}", f"各字母的比例，{name}"),
        (Text("letter", "字母"), YOURS, SOUND),
        rows,
    )


def _symptoms(solution, logits):
    """What one can see without counting."""

    def told(model, prompt=(0,), **options):
        return solution.generate(
            model, list(prompt), **{"limit": 50, "stop": -1, "seed": 1} | options
        )

    def counts(tokens):
        return np.eye(10)[(tokens[-1] + 1) % 10] * 50.0

    greedy = set()
    for seed in range(30):
        greedy |= set(told(lambda tokens: logits.copy(), limit=1, seed=seed, temperature=0))
    sure = np.array([0.9, 0.06, 0.04])
    negative = np.array([-1.0, -1.0, -1.0, -1.0])
    seen = solution.softmax(solution.penalise(negative, [0], 2.0))[0]
    ties = np.array([0.4, 0.2, 0.2, 0.2])
    rows = (
        (
            Text("different letters at temperature 0, 30 seeds", "温度 0、30 个种子，不同的字母数"),
            len(greedy),
            "1",
        ),
        (
            Text("sum of softmax([2000, 2001])", "softmax([2000, 2001]) 之和"),
            f"{np.sum(solution.softmax(np.array([2000.0, 2001.0]))):.1f}",
            "1.0",
        ),
        (
            Text(
                "tokens left by top-p 0.8 of 0.9, 0.06, 0.04",
                "0.9、0.06、0.04 经 top-p 0.8 留下的 token 数",
            ),
            np.count_nonzero(solution.keep_top_p(sure, 0.8)),
            "1",
        ),
        (
            Text(
                "tokens left by top-k 2 of 0.4, 0.2, 0.2, 0.2",
                "0.4、0.2、0.2、0.2 经 top-k 2 留下的 token 数",
            ),
            np.count_nonzero(solution.keep_top_k(ties, 2)),
            "4",
        ),
        (
            Text(
                "share of a seen token, 0.25 before the penalty",
                "惩罚前占 0.25 的 token，惩罚后的比例",
            ),
            f"{seen:.2f}",
            "0.11",
        ),
        (
            Text("different tokens of 50, all equally likely", "50 个等概率 token 中不同的个数"),
            len(set(told(lambda tokens: np.zeros(1000)))),
            "~49",
        ),
        (
            Text("counts on from 3 to the stop token 8", "从 3 数到停止 token 8"),
            " ".join(map(str, told(counts, [8, 3], stop=8))) or "–",
            "4 5 6 7",
        ),
    )
    head = (Text("what is measured", "测量内容"), YOURS, SOUND)
    shown = tuple((name, str(found), wanted) for name, found, wanted in rows)
    return Table(Text("Symptoms", "症状"), head, shown)


def _written(solution, text, letters, stage):
    """Let a model of the last few letters write; a rare stretch of text falls back to a shorter one."""
    after = {}
    for size in range(1, ORDER + 1):
        for i in range(len(text) - size):
            after.setdefault(text[i : i + size], Counter())[text[i + size]] += 1

    def model(tokens):
        for size in range(ORDER, 0, -1):
            found = after.get("".join(letters[i] for i in tokens[-size:]))
            if found:
                break
        return np.log([found[letter] + 1e-4 for letter in letters])

    prompt = [letters.index(letter) for letter in "    def "]
    told = solution.generate(
        model,
        prompt,
        limit=stage.steps(quick=400, full=2000),
        stop=letters.index("\\"),
        seed=stage.seed,
        top_p=0.9,
    )
    return "".join(letters[i] for i in [*prompt, *told])
