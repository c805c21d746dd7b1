"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

import numpy as np

from prep.grading.checks import close, equal, expect, shape, tensor

INPUTS, CLASSES, WORLD = 4, 3, 2


def _job(seed, accumulate=1, **more):
    """Two epochs over data whose size the ranks divide; the last batch is short on every rank."""
    rng = np.random.default_rng(seed)
    batch_size = int(rng.integers(4, 7))
    each = batch_size * 4 + int(rng.integers(1, batch_size - 1))  # examples of a rank: 5 batches
    count = WORLD * each
    x = np.column_stack([np.arange(count), rng.normal(size=(count, INPUTS))])
    data = {"x": tensor(x, "float64"), "y": tensor(rng.integers(CLASSES, size=count), "int64")}
    sizes = {"world": WORLD, "n_classes": CLASSES, "batch_size": batch_size, "epochs": 2}
    return {**data, **sizes, "lr": 0.5, "accumulate": accumulate, "seed": seed % 1000, **more}


def _epochs(facts, job):
    """The batches of each rank, cut into epochs of equal length: rank → epoch → batch → examples."""
    found = []
    for fact in facts:
        each = len(fact["seen"]) // job["epochs"]
        found.append([fact["seen"][i * each : (i + 1) * each] for i in range(job["epochs"])])
    return found


def _steps(facts, job):
    """The examples of each optimizer step, of all ranks together."""
    ranks, steps = _epochs(facts, job), []
    for epoch in range(job["epochs"]):
        for start in range(0, len(ranks[0][epoch]), job["accumulate"]):
            parts = [rank[epoch][start : start + job["accumulate"]] for rank in ranks]
            steps.append([example for part in parts for batch in part for example in batch])
    return steps


def test_ranks_share_the_data(sol, seed):
    job = _job(seed)
    ranks = _epochs(sol.probe("ranks", job), job)
    for epoch in range(job["epochs"]):
        seen = sorted(n for rank in ranks for batch in rank[epoch] for n in batch)
        equal(seen, list(range(len(job["y"]))), what=f"examples of all ranks in epoch {epoch}")
        sizes = sorted({len(batch) for rank in ranks for batch in rank[epoch][:-1]})
        equal(sizes, [job["batch_size"]], what="sizes of all batches but the last")


def test_order_changes_each_epoch(sol, seed):
    job = _job(seed)
    for rank, (first, second) in enumerate(_epochs(sol.probe("ranks", job), job)):
        orders = [[n for batch in epoch for n in batch] for epoch in (first, second)]
        for number, order in enumerate(orders):
            expect(
                order != sorted(order),
                en=f"Rank {rank} reads epoch {number} in the order of the data set, without shuffling.",
                zh=f"rank {rank} 在第 {number} 个 epoch 按数据集原有顺序读取，没有打乱。",
            )
        expect(
            orders[0] != orders[1],
            en=f"Rank {rank} reads both epochs in the same order.",
            zh=f"rank {rank} 两个 epoch 的读取顺序完全相同。",
        )


def test_ranks_end_alike(sol, seed):
    one, other = sol.probe("ranks", _job(seed))
    close(
        other["weights"], one["weights"], rtol=1e-12, what="weights of rank 1 (expected: of rank 0)"
    )


def test_two_processes_equal_one(sol, ref, seed):
    job = _job(seed)
    facts = sol.probe("ranks", job)
    wanted = ref.probe("alone", job, _steps(facts, job))["weights"]
    for rank in range(WORLD):
        close(
            facts[rank]["weights"],
            wanted,
            what=f"weights of rank {rank} (expected: of one process)",
        )


def test_accumulation_equals_one_process(sol, ref, seed):
    job = _job(seed, accumulate=3)  # groups of 3 and 2 batches, the last batch short
    facts = sol.probe("ranks", job)
    wanted = ref.probe("alone", job, _steps(facts, job))["weights"]
    for rank in range(WORLD):
        close(facts[rank]["weights"], wanted, what=f"weights of rank {rank}, accumulate=3")


def test_gradients_travel_once_a_step(sol, seed):
    for accumulate in (1, 3):
        job = _job(seed, accumulate=accumulate)
        facts = sol.probe("ranks", job)
        steps = len(_steps(facts, job))
        for rank, fact in enumerate(facts):
            what = f"exchanges of gradients in {steps} steps, rank {rank}, accumulate={accumulate}"
            equal(fact["syncs"], steps, what=what)


def test_loss_is_of_all_ranks(sol, ref, seed):
    job = _job(seed)
    facts = sol.probe("ranks", job)
    steps = _steps(facts, job)
    losses = ref.probe("alone", job, steps)["losses"]
    weights = [len(step) for step in steps]
    half = len(steps) // 2
    wanted = [np.average(losses[:half], weights=weights[:half])]
    wanted.append(np.average(losses[half:], weights=weights[half:]))
    for rank, fact in enumerate(facts):
        shape(np.array(fact["history"]), (2,), what=f"train(…) of rank {rank}")
        close(np.array(fact["history"]), np.array(wanted), what=f"train(…) of rank {rank}")


def test_only_rank_0_saves(sol, seed):
    facts = sol.probe("ranks", _job(seed))
    expect(
        facts[0]["saved"][0],
        en="Rank 0 has written no checkpoint.",
        zh="rank 0 没有写检查点。",
    )
    expect(
        not facts[1]["saved"][1],
        en="Rank 1 has written a checkpoint too.",
        zh="rank 1 也写了检查点。",
    )


def test_nobody_leaves_before_the_save(sol, seed):
    facts = sol.probe("ranks", _job(seed, epochs=1))
    expect(
        facts[1]["saved"][0],
        en="Rank 1 came back from `train` before rank 0's checkpoint was there.",
        zh="rank 0 的检查点还没写完，rank 1 就已经从 `train` 返回了。",
    )


def test_checkpoint_fits_the_plain_model(sol, seed):
    facts = sol.probe("plain_load", _job(seed))
    equal(facts["keys"], facts["wanted"], what="keys of the checkpoint")
    close(facts["values"], facts["weights"], rtol=0, what="values of the checkpoint")


def test_group_is_closed(sol, seed):
    for fails, en, zh in ((False, "", ""), (True, " raised", "抛出异常")):
        for rank, fact in enumerate(sol.probe("ranks", _job(seed, fails=fails))):
            expect(
                not fact["open"],
                en=f"After `train`{en}, the process group of rank {rank} is still open.",
                zh=f"`train` {zh}之后，rank {rank} 的进程组还开着。",
            )


def test_torchrun_starts_it(sol, ref, seed):
    job = _job(seed, epochs=2)
    run = sol.probe("torchrun", job)
    expect(
        run["code"] == 0 and len(run["facts"]) == WORLD,
        en=f"torchrun ended with exit code {run['code']}: {run['said'][-400:]}",
        zh=f"torchrun 的退出码是 {run['code']}：{run['said'][-400:]}",
    )
    wanted = ref.probe("alone", job, _steps(run["facts"], job))["weights"]
    for rank in range(WORLD):
        close(run["facts"][rank]["weights"], wanted, what=f"weights of rank {rank} under torchrun")
