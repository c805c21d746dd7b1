"""Facts about a solution, measured beside it."""

import torch


def clipped(solution, weight, bias, x, y, max_norm):
    """The gradients of each record, and what is left of them after clipping."""
    gradients = solution.record_gradients(weight, bias, x, y)
    return {"gradients": list(gradients), "clipped": list(solution.clip(*gradients, max_norm))}


def means(solution, clipped, max_norm, sigma, lot, seed):
    """The noisy mean of these records, and once more with the same seed."""
    found = []
    for place in range(2):
        torch.manual_seed(place)  # must not matter
        generator = torch.Generator().manual_seed(seed)
        found.append(solution.noisy_mean(clipped, max_norm, sigma, lot, generator))
    return found


def lots(solution, n, q, draws, seed):
    """The sizes of many lots, and how often each record is in one."""
    generator = torch.Generator().manual_seed(seed)
    sizes, counts = [], torch.zeros(n, dtype=torch.int64)
    for _ in range(draws):
        lot = solution.draw_lot(n, q, generator)
        sizes.append(len(lot))
        counts += torch.bincount(lot, minlength=n)
    torch.manual_seed(1)  # must not matter
    again = [solution.draw_lot(n, q, torch.Generator().manual_seed(seed)) for _ in range(2)]
    return {"sizes": sizes, "counts": counts, "repeatable": torch.equal(*again)}


def trained(solution, x, y, options, seed):
    """What training on these records returns."""
    return dict(solution.train(x, y, **options, seed=seed))
