"""Fine-tunes on the bank: question -> topic, over five splits grouped by question."""

import copy
import json
import queue
import random
import socket
import threading
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

from prep.lab.events import Artefact, Ask, Fact, Metric, Progress, Say, Table, Text, no_model

FOLDS, BATCH = 5, 16
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
BIG = 3_000_000  # parameters; more than that is not trained five times in a minute


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    logging.disable_progress_bar()
    data, name = _Data(), stage.options.get("model")
    pretrained = _pretrained(name) if name else None
    plan = _Plan(stage, pretrained)
    yield Say(plan.said(name, data))
    if pretrained is None:
        torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    guesses, scores = np.full((3, len(data.truth)), -1), []
    for fold, (train, test) in enumerate(data.folds(stage.seed)[: plan.folds], 1):
        _seed(stage.seed + fold)
        train = np.random.default_rng(stage.seed + fold).permutation(train)
        train, test = train[: plan.most], test[: plan.most]
        for row, baseline in enumerate(_baselines().values()):
            baseline.fit(data.texts[train], data.truth[train])
            guesses[row, test] = baseline.predict(data.texts[test])
        tokenizer, encoder = pretrained or _from_scratch(list(data.texts[train]), plan.longest)
        trained = _Trained(solution, stage, tokenizer, copy.deepcopy(encoder), data, plan.longest)
        yield from trained.tuned(train, plan, fold)
        guesses[2, test] = trained.shares(data.texts[test]).argmax(1)
        scores.append([_macro(data.truth[test], guess[test]) for guess in guesses])
        yield Metric("macro-F1, BERT", fold, scores[-1][2])
        yield Metric("macro-F1, TF-IDF", fold, scores[-1][1])
    yield from _tables(data, guesses, np.array(scores))
    yield Say(_verdict(np.array(scores), len(train), pretrained is not None))
    yield from _facts(data, plan, name, trained.model, np.array(scores))
    yield from _asked(trained, data.topics)


class _Data:
    """The snapshot of the bank: each question in both languages, with its topic."""

    def __init__(self):
        lines = Path(__file__).with_name("data.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        self.texts = np.array([row["text"] for row in rows])
        self.topics = sorted({row["topic"] for row in rows})
        self.truth = np.array([self.topics.index(row["topic"]) for row in rows])
        self.groups = [row["group"] for row in rows]

    def folds(self, seed):
        """Return splits in which a question's two languages and its variants stay together."""
        splits = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        return list(splits.split(self.texts, self.truth, self.groups))


class _Plan:
    """How much is trained: less with --quick, least when the encoder is large as well."""

    def __init__(self, stage, pretrained):
        self.size = _count(pretrained[1]) if pretrained else 0
        self.small = stage.quick and self.size > BIG
        self.folds, self.most = (1, 192) if self.small else (FOLDS, None)
        self.epochs = 2 if self.small else 4 if pretrained else stage.steps(quick=4, full=20)
        self.lr = 5e-5 if pretrained else 1e-3
        self.longest = stage.steps(quick=48, full=96)

    def said(self, name, data):
        """Say what is about to be trained, and on what."""
        count, questions = len(data.texts), len(set(data.groups))
        en = f"Pretrained weights: {name}" if name else "A small BERT from scratch"
        zh = f"预训练权重：{name}" if name else "从零初始化的小 BERT"
        tail = Text(
            f" ({self.size / 1e6:.0f} million parameters), --quick: one split, {self.most} texts of each part.",
            f"（参数 {self.size / 1e6:.0f} 百万），--quick：只跑一个划分，训练和测试各取 {self.most} 段文本。",
        )
        tail = tail if self.small else Text(".", "。")
        return Text(
            f"{count} texts: {questions} questions of the bank in two languages, "
            f"{len(data.topics)} topics. {en}{tail.en}",
            f"{count} 段文本：题库中 {questions} 道题的中英文题面，{len(data.topics)} 个主题。{zh}{tail.zh}",
        )


class _Trained:
    """The learner's classifier and its tokenizer, trained on one split and kept in the folder."""

    def __init__(self, solution, stage, tokenizer, encoder, data, longest):
        self._solution, self._stage, self._tokenizer = solution, stage, tokenizer
        self._data, self._longest = data, longest
        self.model = solution.Classifier(encoder, len(data.topics)).to(stage.device)

    def tuned(self, train, plan, fold):
        """Fine-tune; whatever happens, the model as it is then is kept."""
        data, solution = self._data, self._solution
        batches = [
            (self._encoded(data.texts[some]), torch.tensor(data.truth[some]))
            for some in _chunks(train, BATCH)
        ]
        weights = solution.class_weights(torch.tensor(data.truth[train]), len(data.topics))
        seed = self._stage.seed + fold
        tuning = _Tuning(solution, self.model, batches, plan.epochs, plan.lr, weights, seed)
        name = Text(f"fine-tuning, split {fold}/{plan.folds}", f"微调，划分 {fold}/{plan.folds}")
        try:
            for done, total in tuning.watched():
                yield Progress(name, done, total)
            for epoch, loss in enumerate(tuning.losses, 1):
                yield Metric(f"loss, split {fold}", epoch, float(loss))
        finally:  # Ctrl-C too
            for file in self._kept(fold):
                yield Artefact(str(file))

    def shares(self, texts):
        """Return the probabilities of all topics, (texts, topics)."""
        batches = [self._encoded(some) for some in _chunks(texts, 64)]
        return np.asarray(self._solution.predict(self.model, batches))

    def _encoded(self, texts):
        plain = [str(text) for text in texts]
        batch = self._solution.encode(self._tokenizer, plain, self._longest)
        return {name: batch[name] for name in ("input_ids", "attention_mask")}

    def _kept(self, fold):
        """Write each file anew, then replace the old one."""
        folder = self._stage.folder
        torch.save({"split": fold, "weights": self.model.state_dict()}, folder / "model.part")
        (folder / "model.part").replace(folder / "model.pt")
        self._tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
        (folder / "topics.json").write_text(json.dumps(self._data.topics), encoding="utf-8")
        return [folder / name for name in ("model.pt", "tokenizer.json", "topics.json")]


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
            self._error = error  # raised again where the demo runs
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
    """Return tokenizer and encoder from a folder, the hub's cache or the hub."""
    is_folder = Path(name).is_dir()
    reachable = not is_folder and not constants.HF_HUB_OFFLINE and _hub_answers()
    found, problem = None, ""
    for local in (True, False) if reachable else (True,):
        try:
            encoder = AutoModel.from_pretrained(name, local_files_only=local, dtype=torch.float32)
            found = AutoTokenizer.from_pretrained(name, local_files_only=local), encoder
            break
        except Exception as error:  # folders and the hub have many ways to fail
            problem = _first_line(error)
    if found is None:
        unreachable = not is_folder and not reachable
        raise no_model(name, "not cached, and the hub is out of reach" if unreachable else problem)
    _suits(name, *found)
    return found


def _suits(name, tokenizer, encoder):
    """Refuse what is no encoder of the kind that the task describes."""
    config = encoder.config
    is_encoder = not (config.is_encoder_decoder or getattr(config, "is_decoder", False))
    fast = getattr(tokenizer, "backend_tokenizer", None)
    if not is_encoder or tokenizer.pad_token is None or fast is None:
        raise no_model(name, f"{type(encoder).__name__} is no encoder like BERT")


def _first_line(error):
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:160]


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
    """Return a WordPiece tokenizer of the training texts, and a small BERT."""
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
    return tokenizer, BertModel(config)


def _baselines():
    return {
        Text("always the most frequent", "总猜最常见的主题"): DummyClassifier(),
        Text("TF-IDF + logistic regression", "TF-IDF + 逻辑回归"): _tfidf(),
    }


def _tfidf():
    """Counts runs of one to four characters: they serve English and Chinese alike."""
    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    return make_pipeline(grams, LogisticRegression(C=10, max_iter=1000, class_weight="balanced"))


def _tables(data, guesses, scores):
    seen = guesses[2] >= 0
    results = [
        (
            name,
            f"{folds.mean():.3f} ± {folds.std():.3f}" if len(folds) > 1 else f"{folds[0]:.3f}",
            f"{accuracy_score(data.truth[seen], guess[seen]):.3f}",
        )
        for name, folds, guess in zip((*_baselines(), "BERT"), scores.T, guesses, strict=True)
    ]
    folds = Text(f"macro-F1, {len(scores)} splits", f"macro-F1，{len(scores)} 个划分")
    head = (Text("model", "模型"), folds, Text("accuracy", "准确率"))
    yield Table(Text("Held-out questions", "留出的题目"), head, tuple(results))
    counts = confusion_matrix(data.truth[seen], guesses[2][seen], labels=range(len(data.topics)))
    numbers = [str(place) for place in range(1, len(data.topics) + 1)]
    yield Table(
        Text(
            "Confusion of BERT: rows are true, columns are guessed",
            "BERT 的混淆矩阵：行为真实，列为预测",
        ),
        ("", *numbers),
        tuple(
            (f"{number} {topic}", *(str(count) if count else "·" for count in row))
            for number, topic, row in zip(numbers, data.topics, counts, strict=True)
        ),
    )


def _verdict(scores, count, is_pretrained):
    """Say who is ahead, and why that is no surprise."""
    ahead = int((scores[:, 2] > scores[:, 1]).sum())
    en = f"BERT is ahead of TF-IDF in {ahead} of {len(scores)} splits."
    zh = f"在 {len(scores)} 个划分中，BERT 有 {ahead} 个领先于 TF-IDF。"
    if scores[:, 2].mean() > scores[:, 1].mean():
        return Text(en, zh)
    if is_pretrained:
        en += f" Single terms tell these topics, TF-IDF counts them, and {count} texts and few epochs are little to fine-tune on."
        zh += f"这些主题靠个别术语就能分辨，TF-IDF 正好在数它们；而 {count} 段文本、寥寥几个 epoch，对微调来说太少。"
    else:
        en += f" Single terms tell these topics, and TF-IDF counts them; from {count} texts a BERT without pretraining cannot learn what words mean."
        zh += f"这些主题靠个别术语就能分辨，TF-IDF 正好在数它们；而没有预训练的 BERT，仅凭 {count} 段文本学不会词义。"
    return Text(en, zh)


def _facts(data, plan, name, model, scores):
    questions = len(set(data.groups))
    yield Fact(
        "data",
        Text(
            f"data.jsonl, a snapshot of the bank: {len(data.texts)} texts of {questions} questions",
            f"data.jsonl，题库快照：{questions} 道题的 {len(data.texts)} 段文本",
        ),
    )
    scratch = Text("small BERT from scratch", "从零初始化的小 BERT")
    yield Fact(Text("weights", "权重"), name or scratch)
    yield Fact("parameters", f"{_count(model):,}")
    yield Fact("epochs", str(plan.epochs))
    yield Fact("lr", f"{plan.lr:g}")
    yield Fact(Text("tokens of a text, at most", "每段文本的 token 上限"), str(plan.longest))
    for column, who in ((2, "BERT"), (1, "TF-IDF")):
        mean = Text(f"mean macro-F1 of {who}", f"{who} 的平均 macro-F1")
        yield Fact(mean, f"{scores[:, column].mean():.3f}")


def _asked(trained, topics):
    while True:
        text = yield Ask(
            Text("A text to classify (empty to end)", "输入一段要分类的文本（留空结束）")
        )
        if not text or not text.strip():
            return
        shares = trained.shares([text])[0]
        best = ", ".join(f"{topics[i]} {shares[i]:.2f}" for i in np.argsort(-shares)[:3])
        yield Say(Text(f"Topic: {best}", f"主题：{best}"))


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
