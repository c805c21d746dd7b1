"""Generators of questions/foundations/networks.yaml."""

from __future__ import annotations

from random import Random

from prep.model.question import Drawn


def mlp_parameters(draw: Random) -> Drawn:
    """Trainable parameters of a flatten, dense, dense classifier."""
    side, channels = draw.choice([(28, 1), (32, 1), (32, 3), (64, 1)])
    hidden = draw.choice([64, 128, 256, 512])
    classes = draw.choice([10, 26, 47, 100])
    inputs = side * side * channels
    weights = inputs * hidden + hidden * classes
    return Drawn(
        show={"side": side, "channels": channels, "hidden": hidden, "classes": classes},
        answer=weights + hidden + classes,
        wrong={
            "no_biases": weights,
            "output_bias_missing": weights + hidden,
            "inputs_counted": weights + hidden + classes + inputs,
        },
    )


def conv_shape(draw: Random) -> Drawn:
    """Output shape of a Conv2d layer."""
    while True:
        batch, channels, filters = draw.choice([8, 16, 32]), 3, draw.choice([24, 48, 64, 96])
        size = draw.choice([28, 32, 64, 97, 128, 224])
        kernel, stride = draw.choice([(3, 2), (5, 2), (7, 2), (5, 3), (7, 4), (4, 4)])
        padding = draw.choice([1, 2, 3])
        out = (size + 2 * padding - kernel) // stride + 1
        sizes = {
            "padding_on_one_side": (size + padding - kernel) // stride + 1,
            "plus_one_forgotten": (size + 2 * padding - kernel) // stride,
            "kernel_ignored": size // stride,
        }
        values = [out, *sizes.values()]
        if len(set(values)) == len(values):
            show = {
                "batch": batch,
                "channels": channels,
                "filters": filters,
                "size": size,
                "kernel": kernel,
                "stride": stride,
                "padding": padding,
            }
            wrong: dict[str, float | str] = {
                name: f"({batch}, {filters}, {value}, {value})" for name, value in sizes.items()
            }
            wrong["channels_last"] = f"({batch}, {out}, {out}, {filters})"
            return Drawn(show=show, answer=f"({batch}, {filters}, {out}, {out})", wrong=wrong)


def recurrent_gradient(draw: Random) -> Drawn:
    """Derivative of the last state with respect to the first in a linear scalar RNN."""
    while True:
        weight = draw.choice([0.7, 0.8, 0.9, 0.95, 1.05, 1.1, 1.2])
        steps = draw.choice([8, 10, 12, 15, 20, 25, 30])
        answer = weight**steps
        if 0.01 < answer < 100:
            return Drawn(
                show={"weight": weight, "steps": steps},
                answer=answer,
                wrong={
                    "summed": weight * steps,
                    "one_step_too_few": weight ** (steps - 1),
                    "one_step": weight,
                },
            )
