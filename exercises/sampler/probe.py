"""Facts about a solution, measured beside it."""

from operator import index

import numpy as np


def drawn(solution, weights, seed, count):
    """`count` tokens drawn with one generator, and again with an equal one."""
    once, again = np.random.default_rng(seed), np.random.default_rng(seed)
    return [[index(solution.draw(weights, rng)) for _ in range(count)] for rng in (once, again)]


def generated(solution, logits, prompt, options):
    """What `generate` returns for a model that always says `logits`, and the prompt afterwards."""
    given = list(prompt)
    told = solution.generate(lambda tokens: np.array(logits), given, **options)
    return {"told": [index(token) for token in told], "prompt": given}


def counted(solution, vocab, prompt, options):
    """The same for a model that is sure of one thing: the last token and one more."""

    def model(tokens):
        logits = np.zeros(vocab)
        logits[(int(tokens[-1]) + 1) % vocab] = 60.0
        return logits

    given = list(prompt)
    told = solution.generate(model, given, **options)
    return {"told": [index(token) for token in told], "prompt": given}
