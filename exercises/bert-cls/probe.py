"""Runs beside a solution: builds small BERTs for it and returns what it did with them."""

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


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
    return {"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"]}


def forward(solution, sizes, classes, batch):
    """Return the logits of a batch, of each row without its padding, and of a wider batch."""
    model, _ = _model(solution, sizes, classes)
    model.eval()
    lengths = batch["attention_mask"].sum(1).tolist()
    rows = [{k: v[i : i + 1, :n] for k, v in batch.items()} for i, n in enumerate(lengths)]
    wider = {k: torch.nn.functional.pad(v, (0, 5)) for k, v in batch.items()}
    with torch.no_grad():
        whole, wide = model(**batch), model(**wider)
        alone = [model(**row) for row in rows]
    return {"whole": whole, "wide": wide, "alone": alone}


def dropout(solution, sizes, classes, batch, share):
    """Run a batch twice in either mode; only the head may drop anything."""
    encoder = _encoder(sizes, 0.0)
    model = solution.Classifier(encoder, classes, dropout=share)
    with torch.no_grad():
        model.train()
        training = [model(**batch), model(**batch)]
        model.eval()
        evaluation = [model(**batch), model(**batch)]
    return {"training": training, "evaluation": evaluation}


def gradients(solution, sizes, classes, batch, labels):
    """Return the largest gradient of each part after one backward pass."""
    model, encoder = _model(solution, sizes, classes)
    torch.nn.functional.cross_entropy(model(**batch), labels).backward()
    return {name: _largest(w.grad) for name, w in _parts(encoder).items()}


def fine_tuned(solution, sizes, classes, batches, epochs, lr, weights=None, share=0.0):
    """Fine-tune on batches and return what happened, and probabilities afterwards."""
    model, encoder = _model(solution, sizes, classes, share)
    first = [_logits(model, inputs) for inputs, _ in batches]
    for module in model.modules():
        module.training = False  # as from_pretrained returns it
    before = {name: w.detach().clone() for name, w in _parts(encoder).items()}
    modes = []
    watch = encoder.embeddings.register_forward_hook(lambda m, *_: modes.append(m.training))
    losses = solution.fine_tune(model, batches, epochs, lr, weights)
    watch.remove()
    moved = {name: _largest(w.detach() - before[name]) for name, w in _parts(encoder).items()}
    left = {name: _largest(w.grad) for name, w in _parts(encoder).items()}
    last = [_logits(model, inputs) for inputs, _ in batches]
    return {
        "losses": losses,
        "first": first,
        "last": last,
        "modes": modes,
        "moved": moved,
        "left": left,
    }


def predicted(solution, sizes, classes, batches, share):
    """Predict twice with a model that comes in training mode."""
    model, encoder = _model(solution, sizes, classes, share)
    logits = [_logits(model, inputs) for inputs in batches]
    model.train()
    graph = []
    watch = encoder.embeddings.register_forward_hook(
        lambda _module, _inputs, out: graph.append(out.requires_grad)
    )
    first = solution.predict(model, batches)
    model.train()
    second = solution.predict(model, batches)
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


def _model(solution, sizes, classes, share=0.0):
    encoder = _encoder(sizes, share)
    return solution.Classifier(encoder, classes, dropout=share), encoder


def _logits(model, inputs):
    model.eval()
    with torch.no_grad():
        return model(**inputs)


def _parts(encoder):
    layers = encoder.encoder.layer
    parts = {f"layer {n}": layer.attention.self.value.weight for n, layer in enumerate(layers)}
    return {"embeddings": encoder.embeddings.word_embeddings.weight, **parts}


def _largest(values):
    return 0.0 if values is None else values.abs().max().item()
