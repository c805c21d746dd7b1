"""The checks of the hunt, one for each bug; their titles and what they teach: exercise.yaml."""

import numpy as np

from prep.grading.checks import at_most, close, equal, expect, shape, tensor

INPUTS, CLASSES = 4, 3


def test_device_is_the_local_one(sol, seed):
    rng = np.random.default_rng(seed)
    for has_cuda in (True, False):
        each = int(rng.integers(2, 8))  # GPUs of a machine
        local, machine = int(rng.integers(each)), int(rng.integers(1, 4))
        rank, world = machine * each + local, 4 * each
        environ = {"RANK": rank, "LOCAL_RANK": local, "WORLD_SIZE": world}
        environ |= {"LOCAL_WORLD_SIZE": each, "MASTER_ADDR": "node-0", "MASTER_PORT": 29500}
        told = sol.probe("placed", {key: str(value) for key, value in environ.items()}, has_cuda)
        what = f"placement(RANK={rank}, LOCAL_RANK={local}, has_cuda={has_cuda})"
        equal(told["device"], f"cuda:{local}" if has_cuda else "cpu", what=f"{what}: device")
        equal((told["rank"], told["world"]), (rank, world), what=f"{what}: (rank, world)")


def test_backend_follows_the_device(sol):
    environ = {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2"}
    for has_cuda, wanted in ((True, "nccl"), (False, "gloo")):
        told = sol.probe("placed", environ, has_cuda)
        equal(told["backend"], wanted, what=f"placement(…, has_cuda={has_cuda}): backend")


def test_shares_do_not_overlap(sol, seed):
    rng = np.random.default_rng(seed)
    for world in (2, 3):
        count, start = 12 * world, int(rng.integers(1000))
        found = sol.probe("shares", count, 2 * world, world, start, 2)
        for epoch in range(2):
            ranks = [[n for batch in rank[epoch] for n in batch] for rank in found]
            what = f"make_loader(…, world={world}, seed={start}), epoch {epoch}, {count} examples"
            equal([len(rank) for rank in ranks], [12] * world, what=f"{what}: read by each rank")
            together = sorted(number for rank in ranks for number in rank)
            equal(together, list(range(count)), what=f"{what}: read by all ranks, sorted")
        expect(
            ranks[0] != sorted(ranks[0]),
            en="The examples come in the order of the dataset: a training set is to be shuffled.",
            zh="样本按数据集原来的顺序出现：训练集应当打乱。",
        )
        other = sol.probe("shares", count, 2 * world, world, start + 1, 2)
        expect(
            found != other,
            en="Another seed gives the same order.",
            zh="换一个种子，顺序还是一样。",
        )


def test_batch_size_is_of_all_ranks(sol, seed):
    size = int(np.random.default_rng(seed).integers(3, 6))
    for world in (1, 2, 4):
        found = sol.probe("shares", 3 * size * world, size * world, world, seed % 1000, 1)
        sizes = [[len(batch) for batch in rank[0]] for rank in found]
        what = f"make_loader(…, batch_size={size * world}, world={world}): batch sizes of each rank"
        equal(sizes, [[size] * 3] * world, what=what)


def test_order_changes_each_epoch(sol, ref, seed):
    rng = np.random.default_rng(seed)
    numbers = np.arange(22)[:, None]
    x = tensor(np.hstack([numbers, rng.normal(size=(22, INPUTS))]), "float64")
    y = tensor(rng.integers(CLASSES, size=22), "int64")
    given = (x, y, CLASSES, [3, 0, 1, 8], seed % 1000)
    facts, wanted = (each.probe("epochs_seen", *given) for each in (sol, ref))
    for place, epoch in enumerate((3, 0, 1, 8)):
        what = f"train_epoch(…, epoch={epoch}): examples in their order"
        equal(facts["seen"][place], facts["wanted"][place], what=what)
    close(facts["weights"], wanted["weights"], rtol=1e-6, what="model.parameters() after 4 epochs")
    expect(
        all(facts["modes"]),
        en="The model came in eval mode, and `train_epoch` left it there.",
        zh="模型传入时处于 eval 模式，`train_epoch` 没有把它切回训练模式。",
    )


def _job(seed):
    """What the two ranks get; nothing in it depends on which examples a rank reads."""
    rng = np.random.default_rng(seed)
    told = rng.normal(size=(131, CLASSES))  # an odd number: rank 0 has one more
    truth = told.argmax(axis=1)
    wrong = np.arange(131) % 2 == 0  # most of what every other rank reads is wrong
    wrong[rng.choice(131, size=20, replace=False)] ^= True
    wrong[0] = True
    truth = np.where(wrong, (truth + 1) % CLASSES, truth)
    return {
        "told": tensor(told, "float64"),
        "truth": tensor(truth, "int64"),
        "x": tensor(np.tile(rng.normal(size=INPUTS), (8, 1)), "float64"),
        "y": tensor(np.full(8, rng.integers(CLASSES)), "int64"),
        "held_x": tensor(rng.normal(size=(60, INPUTS)), "float64"),
        "held_y": tensor(rng.integers(CLASSES, size=60), "int64"),
        "weights": [tensor(rng.normal(size=(CLASSES, INPUTS)), "float64") for _ in range(2)],
        "shares": [0.5, 2.0],
        "epochs": 3,
        "batch_size": 64,
        "lr": 0.25,
        "seed": seed % 1000,
    }


def _both(sol, job):
    facts = sol.probe("ranks", job)
    equal(len(facts["facts"]), 2, what="ranks that came back from evaluate(…) and train(…)")
    return facts["facts"], facts["saved"]


def test_accuracy_counts_every_example(sol, seed):
    job = _job(seed)
    told, truth = np.asarray(job["told"]), np.asarray(job["truth"])
    wanted = float((told.argmax(axis=1) == truth).mean())
    facts, _ = _both(sol, job)
    for rank, fact in enumerate(facts):
        what = f"evaluate(…), 131 examples, 2 ranks: on rank {rank}"
        close(fact["accuracy"], wanted, rtol=1e-6, what=what)
        expect(
            not fact["graph"],
            en="`evaluate` ran the model with gradients on: it builds a graph that nobody needs.",
            zh="`evaluate` 运行模型时没有关闭梯度：白白构建了计算图。",
        )


def test_checkpoint_fits_the_plain_model(sol):
    facts = sol.probe("saved", 0)
    equal(facts["keys"], facts["wanted"], what="save(parallel, path, 0): keys of the file")
    at_most(facts["apart"], 0.0, what="save(parallel, path, 0): file - model, max(abs)")
    for rank in (1, 3):
        facts = sol.probe("saved", rank)
        equal(facts["keys"], None, what=f"save(parallel, path, {rank}): keys of the file")


def _expected(job):
    """The weights when both ranks take the mean of their gradients, beginning as rank 0."""
    weight, x = np.asarray(job["weights"][0], float), np.asarray(job["x"], float)[0]
    truth = np.eye(CLASSES)[int(np.asarray(job["y"])[0])]
    for _ in range(job["epochs"]):
        steps = []
        for share in job["shares"]:
            powers = np.exp(share * weight @ x)
            steps.append(share * np.outer(powers / powers.sum() - truth, x))
        weight = weight - job["lr"] * np.mean(steps, axis=0)
    return weight


def test_ranks_train_together(sol, seed):
    job = _job(seed)
    facts, saved = _both(sol, job)
    weight = _expected(job)
    for rank, fact in enumerate(facts):
        what = f"train(…, epochs=3), one step in each, rank {rank}"
        shape(fact["weight"], weight.shape, what=f"{what}: weight")
        close(fact["weight"], weight, rtol=1e-6, what=f"{what}: weight")
        guesses = (np.asarray(job["held_x"]) @ weight.T).argmax(axis=1)
        accuracy = float((guesses == np.asarray(job["held_y"])).mean())
        close(fact["returned"], accuracy, rtol=1e-6, what=what)
        equal(fact["open"], False, what=f"{what}: dist.is_initialized() afterwards")
    equal(saved, True, what="train(…, path): path.exists()")
