"""A text classifier on a BERT encoder. The task stands in task.en.md and task.zh.md."""

from collections.abc import Sequence

from torch import Tensor, nn


def encode(tokenizer, texts: list[str], max_length: int) -> dict[str, Tensor]:
    """Encode texts as one batch.

    Returns {"input_ids": (batch, time) int64, "attention_mask": (batch, time), 1 for real
    tokens and 0 for padding}; time is the longest text of the batch, at most max_length.
    """
    # TODO: call the tokenizer; which arguments pad, cut and return tensors?
    raise NotImplementedError


class Classifier(nn.Module):
    """A BERT encoder with a classification head."""

    def __init__(self, encoder: nn.Module, classes: int, dropout: float = 0.1) -> None:
        """Keep the encoder (its width is encoder.config.hidden_size), make dropout and a head."""
        super().__init__()
        # TODO
        raise NotImplementedError

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """input_ids, attention_mask: (batch, time) -> raw logits: (batch, classes)."""
        # TODO: encoder(...).last_hidden_state is (batch, time, hidden)
        raise NotImplementedError


def class_weights(labels: Tensor, classes: int) -> Tensor:
    """labels: (examples,) int64 -> (classes,) float32: examples / (classes * count), absent: 0."""
    # TODO
    raise NotImplementedError


def fine_tune(
    model: nn.Module,
    batches: Sequence[tuple[dict[str, Tensor], Tensor]],
    epochs: int,
    lr: float,
    weights: Tensor | None = None,
) -> list[float]:
    """Train all parameters of the model with AdamW; return the mean loss of each epoch.

    Each batch is (inputs, labels): what encode returns, and labels (batch,) int64.
    weights: (classes,) of the cross-entropy. One step for each batch; lr is the encoder's.
    """
    # TODO
    raise NotImplementedError


def predict(model: nn.Module, batches: Sequence[dict[str, Tensor]]) -> Tensor:
    """Return the probabilities of all texts, (texts, classes), in their order, on the CPU."""
    # TODO: evaluation mode, no graph
    raise NotImplementedError
