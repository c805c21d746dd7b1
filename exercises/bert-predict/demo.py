"""Trains a small BERT to tell which library a docstring is from, then predicts held-out ones."""

import ast
import asyncio
import email
import multiprocessing
import unittest
from collections import Counter
from pathlib import Path

import torch
from torch.nn import functional as F
from transformers.models.bert.modeling_bert import BertConfig, BertModel

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

PACKAGES = (unittest, email, asyncio, multiprocessing)  # class 0, 1, 2, 3
LABEL_IDS = {package.__name__: number for number, package in enumerate(PACKAGES)}
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
HIDDEN, LONGEST, BATCH, SHOWN = 48, 24, 16, 8
# Held-out accuracy with every bug fixed (seed 0, CPU): about this.
HEALTHY = {True: "0.85", False: "0.88"}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    train, test = _texts(stage.seed)
    words = Counter(word for text, _ in train for word in text.lower().split())
    frequent = [word for word, count in words.most_common() if count > 1]
    vocabulary = {word: number for number, word in enumerate([*SPECIAL, *frequent])}
    yield Say(
        Text(
            f"{len(train) + len(test)} docstrings of Python's standard library, from "
            f"{', '.join(LABEL_IDS)}. Which library is a docstring from?",
            f"Python 标准库里的 {len(train) + len(test)} 段 docstring，出自 "
            f"{'、'.join(LABEL_IDS)}。每一段出自哪个库？",
        )
    )
    torch.manual_seed(stage.seed)
    model = solution.Classifier(_encoder(len(vocabulary)), len(LABEL_IDS)).to(stage.device)
    try:
        yield from _trained(solution, model, train, vocabulary, stage)
    finally:  # Ctrl-C too
        file = stage.folder / "model.pt"
        torch.save(model.state_dict(), file)
        yield Artefact(str(file))
    yield from _predicted(solution, model, test, vocabulary, stage)
    yield Fact(Text("parameters", "参数量"), f"{sum(p.numel() for p in model.parameters()):,}")
    yield Fact(Text("data", "数据"), Text("docstrings of this Python", "本机 Python 的 docstring"))


def _texts(seed):
    """Return (text, class) to train on and to test on, drawn from the packages' source."""
    pairs = set()
    for number, package in enumerate(PACKAGES):
        for file in sorted(Path(package.__file__).parent.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(
                    node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
                ):
                    text = " ".join((ast.get_docstring(node) or "").split()[:60])
                    pairs |= {(text, number)} if text.count(" ") > 3 else set()
    pairs = sorted(pairs)
    chance = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(pairs), generator=chance).tolist()
    mixed = [pairs[place] for place in order]
    return mixed[len(mixed) // 4 :], mixed[: len(mixed) // 4]


def _encoder(size):
    config = BertConfig(
        vocab_size=size,
        hidden_size=HIDDEN,
        num_hidden_layers=1,
        num_attention_heads=4,
        intermediate_size=2 * HIDDEN,
        max_position_embeddings=LONGEST,
    )
    return BertModel(config)


def _trained(solution, model, train, vocabulary, stage):
    """Train on the logits; whatever their width is, the first ones are the classes."""
    epochs = stage.steps(quick=6, full=25)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    chance = torch.Generator().manual_seed(stage.seed)
    for epoch in range(1, epochs + 1):
        model.train()
        order, losses = torch.randperm(len(train), generator=chance), []
        for chosen in order.split(BATCH):
            texts, labels = zip(*(train[place] for place in chosen.tolist()), strict=True)
            inputs = solution.encode(list(texts), vocabulary, LONGEST)
            inputs = {key: inputs[key].to(stage.device) for key in ("input_ids", "attention_mask")}
            logits = model(**inputs)
            loss = F.cross_entropy(logits, torch.tensor(labels, device=stage.device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        yield Metric("loss", epoch, sum(losses) / len(losses))
        yield Progress(Text("epochs", "epoch"), epoch, epochs)
    name = Text("numbers for each text, for 4 classes", "每段文本给出几个数（共 4 个类别）")
    yield Fact(name, str(logits.shape[1]))


def _predicted(solution, model, test, vocabulary, stage):
    """Show some predictions, and how many of all are right."""
    texts, labels = zip(*test, strict=True)
    try:
        told = solution.predict(model, list(texts), vocabulary, LABEL_IDS, LONGEST)
    except IndexError as error:  # a class that there is not: the symptom of some bugs
        yield Say(
            Text(f"`predict` raised IndexError: {error}", f"`predict` 抛出 IndexError：{error}")
        )
        told = [("?", float("nan"))] * len(texts)
    names = [package.__name__ for package in PACKAGES]
    rows = tuple(
        (text[:40], names[label], str(name), f"{float(share):.2f}")
        for text, label, (name, share) in list(zip(texts, labels, told, strict=True))[:SHOWN]
    )
    head = (Text("docstring", "docstring"), Text("true", "真实"), Text("predicted", "预测"))
    yield Table(
        Text("Held-out docstrings", "留出的 docstring"), (*head, Text("probability", "概率")), rows
    )
    right = sum(names[label] == name for label, (name, _) in zip(labels, told, strict=True))
    most = max(Counter(labels).values()) / len(labels)
    yield Table(
        Text("Accuracy on held-out docstrings", "留出 docstring 上的准确率"),
        (
            Text("now", "现在"),
            Text("always the most frequent class", "总猜最多的类"),
            Text("all fixed", "全部改对后"),
        ),
        ((f"{right / len(labels):.2f}", f"{most:.2f}", HEALTHY[stage.quick]),),
    )
