"""Fine-tunes on the bank: question -> topic, over five splits grouped by question."""

import json
import queue
import random
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import numpy as np
import torch
from huggingface_hub import constants
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, PreTrainedTokenizerFast
from transformers.utils import logging

from prep.lab.events import Artefact, Ask, Metric, Progress, Say, Table, Text

FOLDS, BATCH = 5, 16
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
BIG = 10_000_000  # parameters; more than that is not trained five times in a minute


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    began = time.perf_counter()
    rows = [json.loads(line) for line in _data().read_text("utf-8").splitlines()]
    texts, topics = np.array([r["text"] for r in rows]), sorted({r["topic"] for r in rows})
    truth = np.array([topics.index(r["topic"]) for r in rows])
    pretrained = yield from _pretrained(stage.options.get("model"))
    size = _count(pretrained[1]()) if pretrained else 0
    small = stage.quick and size > BIG
    if small:
        yield Say(
            Text(
                f"{size / 1e6:.0f} million parameters and --quick: one fold, 96 texts, one epoch.",
                f"参数 {size / 1e6:.0f} 百万且使用 --quick：只跑一折、96 段文本、一个 epoch。",
            )
        )
    epochs = 1 if small else 4 if pretrained else stage.steps(quick=6, full=15)
    lr, longest = 3e-5 if pretrained else 1e-3, stage.steps(quick=48, full=96)
    splits = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=stage.seed)
    folds = list(splits.split(texts, truth, [r["group"] for r in rows]))[: 1 if small else FOLDS]
    guesses, scores = np.full((3, len(truth)), -1), []
    for fold, (train, test) in enumerate(folds, 1):
        _seed(stage.seed + fold)
        train = np.random.default_rng(stage.seed + fold).permutation(train)
        train, test = (train[:96], test[:96]) if small else (train, test)
        for row, baseline in enumerate((_most_frequent(), _tfidf())):
            guesses[row, test] = baseline.fit(texts[train], truth[train]).predict(texts[test])
        tokenizer, make = pretrained or _from_scratch(list(texts[train]), longest)
        model = solution.Classifier(make(), len(topics)).to(stage.device)
        encode = _encoder(solution, tokenizer, longest)
        batches = [
            (encode(texts[some]), torch.tensor(truth[some])) for some in _chunks(train, BATCH)
        ]
        weights = solution.class_weights(torch.tensor(truth[train]), len(topics))
        tuning = _Tuning(solution, model, batches, epochs, lr, weights, stage.seed + fold)
        for done, total in tuning.watched():
            yield Progress(f"fine-tuning, fold {fold}/{len(folds)}", done, total)
        for epoch, loss in enumerate(tuning.losses, 1):
            yield Metric(f"loss, fold {fold}", epoch, float(loss))
        probabilities = solution.predict(model, [encode(texts[c]) for c in _chunks(test, 64)])
        guesses[2, test] = np.asarray(probabilities).argmax(1)
        scores.append([_macro(truth[test], guess[test]) for guess in guesses])
        yield Metric("macro-F1, BERT", fold, scores[-1][2])
        yield Metric("macro-F1, TF-IDF", fold, scores[-1][1])
        _save(stage.folder, model, tokenizer, topics, fold)
    yield from _tables(truth, guesses, np.array(scores), topics)
    facts = [
        ("data", f"data.jsonl: {len(rows)} texts of {len({r['group'] for r in rows})} questions"),
        ("encoder", stage.options.get("model") if pretrained else "small BERT from scratch"),
        ("parameters", f"{_count(model):,}"),
        ("epochs, lr, tokens", f"{epochs}, {lr:g}, at most {longest}"),
        ("device", str(stage.device)),
        ("seed", str(stage.seed)),
        ("seconds", f"{time.perf_counter() - began:.1f}"),
        ("peak memory", _peak()),
    ]
    yield Table("run", ("what", "value"), tuple((name, str(value)) for name, value in facts))
    for name in ("model.pt", "tokenizer.json", "topics.json"):
        yield Artefact(str(stage.folder / name))
    yield from _asked(solution, model, encode, topics)


class _Tuning:
    """Runs fine_tune beside the demo, so that its progress can be told."""

    def __init__(self, solution, model, batches, epochs, lr, weights, seed):
        self._told, self._total = queue.Queue(), epochs * len(batches)
        watched = _Watched(batches, self._told, random.Random(seed))
        self._call = (solution.fine_tune, (model, watched, epochs, lr, weights))
        self.losses, self._error = [], None

    def watched(self):
        """Yield (steps begun, steps in all) until fine_tune has returned."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        done = 0
        while self._told.get() is not None:
            done = min(done + 1, self._total)
            yield done, self._total
        thread.join()
        if self._error is not None:
            raise self._error

    def _run(self):
        function, args = self._call
        try:
            self.losses = function(*args)
        except BaseException as error:
            self._error = error
        finally:
            self._told.put(None)


class _Watched:
    """Batches, in another order in each epoch, that say when one is taken."""

    def __init__(self, batches, told, chance):
        self._batches, self._told, self._chance = batches, told, chance

    def __len__(self):
        return len(self._batches)

    def __getitem__(self, place):
        batch = self._batches[place]
        self._told.put(place)
        return batch

    def __iter__(self):
        order = list(range(len(self)))
        self._chance.shuffle(order)
        return (self[place] for place in order)


def _pretrained(name):
    """Return a tokenizer and a maker of encoders from a path, the hub's cache or the hub, or None."""
    logging.disable_progress_bar()
    said = Text("No --model: a small BERT from scratch.", "未指定 --model：从零初始化一个小 BERT。")
    found = None
    ways = (True, False) if name and _hub_answers() else (True,)
    for offline in ways if name else ():
        try:
            tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=offline)
            AutoModel.from_pretrained(name, local_files_only=offline)
        except Exception as error:
            why = type(error).__name__
            said = Text(
                f"{name} could not be loaded ({why}): a small BERT from scratch instead.",
                f"无法加载 {name}（{why}）：改用从零初始化的小 BERT。",
            )
            continue
        found = tokenizer, lambda: AutoModel.from_pretrained(name, local_files_only=True)
        said = Text(f"Pretrained weights: {name}.", f"预训练权重：{name}。")
        break
    yield Say(said)
    return found


def _hub_answers():
    """Ask once, as the hub's client would try for a minute."""
    if getproxies():
        return True
    try:
        socket.create_connection((urlsplit(constants.ENDPOINT).hostname, 443), timeout=3).close()
    except OSError:
        return False
    return True


def _from_scratch(texts, longest):
    """Return a WordPiece tokenizer of the training texts, and a maker of small BERTs."""
    pieces = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    pieces.normalizer = normalizers.BertNormalizer()
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pieces.train_from_iterator(
        texts,
        trainers.WordPieceTrainer(vocab_size=4000, special_tokens=SPECIAL, show_progress=False),
    )
    pieces.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces, **names)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=longest,
    )
    return tokenizer, lambda: BertModel(config)


def _encoder(solution, tokenizer, longest):
    def encode(texts):
        batch = solution.encode(tokenizer, [str(text) for text in texts], longest)
        return {name: batch[name] for name in ("input_ids", "attention_mask")}

    return encode


def _tfidf():
    """Characters serve English and Chinese alike."""
    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    return make_pipeline(grams, LogisticRegression(C=10, max_iter=1000, class_weight="balanced"))


def _most_frequent():
    return DummyClassifier(strategy="most_frequent")


def _tables(truth, guesses, scores, topics):
    seen = guesses[2] >= 0
    names = ("always the most frequent", "TF-IDF + logistic regression", "BERT")
    results = [
        (
            name,
            f"{folds.mean():.3f} ± {folds.std():.3f}",
            f"{accuracy_score(truth[seen], guess[seen]):.3f}",
        )
        for name, folds, guess in zip(names, scores.T, guesses, strict=True)
    ]
    yield Table("results", ("model", f"macro-F1, {len(scores)} folds", "accuracy"), tuple(results))
    counts = confusion_matrix(truth[seen], guesses[2][seen], labels=range(len(topics)))
    yield Table(
        "confusion of BERT (rows: true topic)",
        ("", *(topic[:6] for topic in topics)),
        tuple((topic, *map(str, row)) for topic, row in zip(topics, counts, strict=True)),
    )


def _asked(solution, model, encode, topics):
    while True:
        text = yield Ask(
            Text("A text to classify (empty to end)", "输入一段要分类的文本（留空结束）")
        )
        if not text or not text.strip():
            return
        shares = np.asarray(solution.predict(model, [encode([text])]))[0]
        best = ", ".join(f"{topics[i]} {shares[i]:.2f}" for i in np.argsort(-shares)[:3])
        yield Say(Text(f"Topic: {best}", f"主题：{best}"))


def _save(folder, model, tokenizer, topics, fold):
    """Keep the last fold's model: what is there after Ctrl-C can be loaded."""
    torch.save({"fold": fold, "weights": model.state_dict()}, folder / "model.part")
    (folder / "model.part").replace(folder / "model.pt")
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "topics.json").write_text(json.dumps(topics), encoding="utf-8")


def _data():
    beside = Path(__file__).with_name("data.jsonl")
    return beside if beside.exists() else Path("data.jsonl")


def _chunks(places, size):
    return [places[start : start + size] for start in range(0, len(places), size)]


def _macro(truth, guess):
    return float(f1_score(truth, guess, average="macro", zero_division=0))


def _count(module):
    return sum(p.numel() for p in module.parameters())


def _seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _peak():
    try:
        import resource
        import sys
    except ImportError:
        return "?"
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20:.0f} MiB"
