"""Runs beside a solution: builds small BERTs for it and returns what it did with them."""

from collections.abc import Mapping

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch.nn import functional as F
from torch.optim.optimizer import register_optimizer_step_pre_hook
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
KEYS = ("input_ids", "attention_mask")

torch.set_num_threads(1)  # the models are so small that a second thread only waits


def encoded(solution, words, texts, max_length):
    """Encode texts with a WordPiece tokenizer of these words."""
    vocabulary = {word: number for number, word in enumerate([*SPECIAL, *words])}
    pieces = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    pieces.normalizer = normalizers.BertNormalizer()
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pieces.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces, **names)
    batch = solution.encode(tokenizer, list(texts), max_length)
    return {key: batch.get(key) for key in KEYS} if isinstance(batch, Mapping) else batch


def forward(solution, sizes, classes, batch):
    """Return the logits of a batch, of each row without its padding, and of a wider batch.

    `loud` are the logits after all weights outside the encoder have been multiplied by 30.
    """
    model, encoder = _model(solution, sizes, classes, dropout=0.0)
    _follow(batch, model).eval()
    lengths = batch["attention_mask"].sum(1).tolist()
    rows = [{k: v[i : i + 1, :n] for k, v in batch.items()} for i, n in enumerate(lengths)]
    wider = {k: F.pad(v, (0, 5)) for k, v in batch.items()}
    with torch.no_grad():
        found = {"whole": model(**batch), "wide": model(**wider)}
        found["alone"] = [model(**row) for row in rows]
        for weight in _own(model, encoder):
            weight.mul_(30)
        return {**found, "loud": model(**batch)}


def dropout(solution, sizes, classes, batch, share):
    """Run a batch twice in training and twice in evaluation mode; only the head may drop."""
    model, _ = _model(solution, sizes, classes, dropout=share)
    _follow(batch, model)
    with torch.no_grad():
        model.train()
        training = [model(**batch), model(**batch)]
        model.eval()
        return {"training": training, "evaluation": [model(**batch), model(**batch)]}


def default_dropout(solution, sizes, classes, batch):
    """Run a batch in training mode, without an argument for dropout and with 0.1, from one seed."""
    found = []
    for arguments in ({}, {"dropout": 0.1}):
        torch.manual_seed(classes)
        model, _ = _model(solution, sizes, classes, **arguments)
        with torch.no_grad():
            found.append(_follow(batch, model).train()(**batch))
    return found


def gradients(solution, sizes, classes, batch, labels):
    """Return the largest gradient of each part after one backward pass."""
    model, encoder = _model(solution, sizes, classes, dropout=0.0)
    F.cross_entropy(_follow(batch, model)(**batch), labels).backward()
    return {name: _largest(w.grad) for name, w in _parts(encoder).items()}


def fine_tuned(solution, sizes, classes, batches, epochs, lr, weights=None):
    """Fine-tune on batches and return what happened, and the logits before and after."""
    model, encoder = _model(solution, sizes, classes, dropout=0.0)
    _follow(batches[0][0], model)
    first = [_logits(model, inputs) for inputs, _ in batches]
    for module in model.modules():
        module.training = False  # as from_pretrained returns it
    before = _copies(encoder)
    modes = []
    watch = encoder.embeddings.register_forward_hook(
        lambda module, *_: modes.append(module.training) if torch.is_grad_enabled() else None
    )
    losses = solution.fine_tune(model, _home(batches), epochs, lr, _home(weights))
    watch.remove()
    moved = _moved(encoder, before)
    last = [_logits(model, inputs) for inputs, _ in batches]
    return {"losses": losses, "first": first, "last": last, "modes": modes, "moved": moved}


def steps(solution, sizes, classes, batches, epochs):
    """Fine-tune with lr=0; return the gradient of one weight at each step, and of each batch.

    Weights outside the encoder are small here, so that all classes are about equally likely.
    """
    model, encoder = _model(solution, sizes, classes, dropout=0.0)
    with torch.no_grad():
        for each in _own(model, encoder):
            each.mul_(0.1)
    weight = encoder.encoder.layer[0].attention.self.value.weight
    _follow(batches[0][0], model).train()
    logits = [model(**inputs) for inputs, _ in batches]
    alone = [
        torch.autograd.grad(F.cross_entropy(each, labels), weight, allow_unused=True)[0]
        for each, (_, labels) in zip(logits, batches, strict=True)
    ]
    before = _copies(encoder)
    seen = []
    watch = register_optimizer_step_pre_hook(
        lambda *_: seen.append(None if weight.grad is None else weight.grad.clone())
    )
    losses = solution.fine_tune(model, _home(batches), epochs, 0.0)
    watch.remove()
    first = [each.detach() for each in logits]
    moved = _moved(encoder, before)
    return {"losses": losses, "first": first, "seen": seen, "alone": alone, "moved": moved}


def predicted(solution, sizes, classes, batches, share):
    """Predict twice with a model that comes in training mode."""
    model, encoder = _model(solution, sizes, classes, share, dropout=share)
    _follow(batches[0], model)
    logits = [_logits(model, inputs) for inputs in batches]
    model.train()
    graph = []
    watch = encoder.embeddings.register_forward_hook(
        lambda _module, _inputs, out: graph.append(out.requires_grad)
    )
    first = solution.predict(model, _home(batches))
    model.train()
    second = solution.predict(model, _home(batches))
    watch.remove()
    return {"first": first, "second": second, "logits": logits, "graph": graph}


def _encoder(sizes, share):
    names = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads")
    config = BertConfig(
        **dict(zip(names, sizes, strict=True)),
        intermediate_size=2 * sizes[1] + 5,
        max_position_embeddings=40,
        hidden_dropout_prob=share,
        attention_probs_dropout_prob=share,
        initializer_range=0.15,
    )
    return BertModel(config)


def _model(solution, sizes, classes, share=0.0, **arguments):
    """Return a classifier and its encoder, which drops `share`."""
    encoder = _encoder(sizes, share)
    model = solution.Classifier(encoder, classes, **arguments)
    with torch.no_grad():
        for weight in _own(model, encoder):
            if not weight.any():  # a head may begin with zeros, which would hide the encoder
                weight.normal_(0, 0.1)
    return model, encoder


def _follow(batch, model):
    """Bring the model to where the batch is."""
    return model.to(batch["input_ids"].device)


def _home(value):
    """Return the same on the CPU, where a solution gets its batches."""
    if isinstance(value, dict):
        return {key: _home(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_home(part) for part in value)
    return None if value is None else value.cpu()


def _own(model, encoder):
    """Return the weights of the classifier that are not the encoder's."""
    theirs = {id(weight) for weight in encoder.parameters()}
    found = [weight for weight in model.parameters() if id(weight) not in theirs]
    return [weight for weight in found if not torch.nn.parameter.is_lazy(weight)]


def _logits(model, inputs):
    model.eval()
    with torch.no_grad():
        return model(**inputs)


def _parts(encoder):
    layers = encoder.encoder.layer
    parts = {f"layer {n}": layer.attention.self.value.weight for n, layer in enumerate(layers)}
    return {"embeddings": encoder.embeddings.word_embeddings.weight, **parts}


def _copies(encoder):
    return {name: weight.detach().clone() for name, weight in _parts(encoder).items()}


def _moved(encoder, before):
    return {name: _largest(w.detach() - before[name]) for name, w in _parts(encoder).items()}


def _largest(values):
    return 0.0 if values is None else values.abs().max().item()
