"""The checks of the exercise; their titles and what they teach stand in exercise.yaml."""

from collections import Counter

import numpy as np

from prep.grading.checks import close, equal, expect, shape

INPUTS, CLASSES, WORLD = 4, 3, 2
# Sums in float32 are accurate enough; every usual mistake is a thousand times larger.
RTOL = 1e-5


def _job(seed, accumulate=1, checkpoint="path", fails=False, order=0):
    """Two epochs over data whose size the ranks divide; the last batch is short on every rank."""
    rng = np.random.default_rng(seed)
    batch_size = int(rng.integers(4, 7))
    each = batch_size * 4 + int(rng.integers(1, batch_size - 1))  # examples of a rank: 5 batches
    count = WORLD * each
    x = np.column_stack([np.arange(count), rng.normal(size=(count, INPUTS))])
    # numpy arrays: the ranks are forked, and a GPU used before a fork is lost after it
    data = {"x": x, "y": rng.integers(CLASSES, size=count)}
    sizes = {"world": WORLD, "n_classes": CLASSES, "batch_size": batch_size, "epochs": 2}
    options = {"accumulate": accumulate, "checkpoint": checkpoint, "fails": fails}
    return {**data, **sizes, **options, "lr": 0.5, "seed": seed % 1000 + order}


def _accumulating(seed):
    """Groups of 3 and 2 batches, the last batch short; another seed for the order."""
    return _job(seed, 3, "none", order=1)


def _run(sol, job, probe="ranks"):
    """All that a run has told, if every rank came back from `train`."""
    run = sol.probe(probe, job)
    for rank, line, code in run["stuck"]:
        expect(
            False,
            en=f"Rank {rank} waits and does not come back from `train`: line {line}, `{code}`.",
            zh=f"rank {rank} 一直在等待，没有从 `train` 返回：第 {line} 行 `{code}`。",
        )
    for rank in run["gone"]:
        expect(
            False,
            en=f"Rank {rank} ended before `train` came back.",
            zh=f"`train` 还没返回，rank {rank} 的进程就结束了。",
        )
    return run


def _facts(sol, job, probe="ranks"):
    return _run(sol, job, probe)["facts"]


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


def _end_like_one(facts, ref, job, what):
    """Both ranks have the weights of one process that takes the same steps."""
    wanted = ref.probe("alone", job, _steps(facts, job))["weights"]
    for rank in range(WORLD):
        close(
            facts[rank]["weights"],
            wanted,
            rtol=RTOL,
            what=f"{what}, rank {rank}: model.parameters()",
        )


def test_ranks_share_the_data(sol, seed):
    job = _job(seed)
    count, ranks = len(job["y"]), _epochs(_facts(sol, job), job)
    for epoch in range(job["epochs"]):
        times = Counter(n for rank in ranks for batch in rank[epoch] for n in batch)
        never, again = count - len(times), sum(number > 1 for number in times.values())
        expect(
            not never and not again,
            en=f"Epoch {epoch}, both ranks together: of {count} examples, {never} were never read "
            f"and {again} more than once.",
            zh=f"第 {epoch} 个 epoch，两个 rank 合计：{count} 个样本中有 {never} 个没有读到，"
            f"{again} 个读了不止一次。",
        )
        sizes = sorted({len(batch) for rank in ranks for batch in rank[epoch][:-1]})
        equal(sizes, [job["batch_size"]], what="{len(y) for x, y in batches[:-1]}")


def test_order_changes_each_epoch(sol, seed):
    job = _job(seed)
    for rank, (first, second) in enumerate(_epochs(_facts(sol, job), job)):
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
    other = _epochs(_facts(sol, _accumulating(seed)), job)
    expect(
        other[0][0] != _epochs(_facts(sol, job), job)[0][0],
        en="Rank 0 reads epoch 0 in the same order with seed and with seed + 1.",
        zh="rank 0 在第 0 个 epoch 的读取顺序，用 seed 和用 seed + 1 时完全相同。",
    )


def test_ranks_end_alike(sol, seed):
    for job in (_job(seed), _accumulating(seed)):
        one, other = _facts(sol, job)
        what = f"train(…, accumulate={job['accumulate']}), rank 1 ≠ rank 0: model.parameters()"
        close(other["weights"], one["weights"], rtol=1e-9, what=what)


def test_two_processes_equal_one(sol, ref, seed):
    job = _job(seed)
    facts = _facts(sol, job)
    expect(
        all(fact["in_training"] for fact in facts),
        en="The model was trained in eval mode: dropout is off.",
        zh="模型在 eval 模式下训练：dropout 是关着的。",
    )
    _end_like_one(facts, ref, job, "train(…)")


def test_accumulation_equals_one_process(sol, ref, seed):
    job = _accumulating(seed)
    _end_like_one(_facts(sol, job), ref, job, "train(…, accumulate=3)")


def _has_trained(steps):
    expect(
        steps > 0,
        en="`train` has read no batch on any rank.",
        zh="`train` 在任何 rank 上都没有读取批次。",
    )


def test_gradients_travel_once_a_step(sol, seed):
    for job in (_job(seed), _accumulating(seed)):
        facts, accumulate = _facts(sol, job), job["accumulate"]
        steps = len(_steps(facts, job))
        _has_trained(steps)
        for rank, fact in enumerate(facts):
            expect(
                fact["syncs"] == steps,
                en=f"accumulate={accumulate}: rank {rank} exchanged gradients {fact['syncs']} times "
                f"in {steps} steps.",
                zh=f"accumulate={accumulate}：{steps} 次更新中，rank {rank} 交换了 {fact['syncs']} 次梯度。",
            )


def test_loss_is_of_all_ranks(sol, ref, seed):
    for job in (_job(seed), _accumulating(seed)):
        facts, accumulate = _facts(sol, job), job["accumulate"]
        steps = _steps(facts, job)
        losses = ref.probe("alone", job, steps)["losses"]
        weights, half = [len(step) for step in steps], len(steps) // 2
        wanted = [
            np.average(losses[part], weights=weights[part])
            for part in (slice(half), slice(half, None))
        ]
        for rank, fact in enumerate(facts):
            what = f"train(…, accumulate={accumulate}), rank {rank}"
            shape(fact["history"], (2,), what=what)
            close(np.array(fact["history"]), np.array(wanted), rtol=RTOL, what=what)


def test_only_rank_0_saves(sol, seed):
    run = _run(sol, _job(seed))
    expect(run["saved"][0], en="Rank 0 has written no checkpoint.", zh="rank 0 没有写检查点。")
    expect(
        not run["saved"][1],
        en="Rank 1 has written a checkpoint too.",
        zh="rank 1 也写了检查点。",
    )


def test_nobody_leaves_before_the_save(sol, seed):
    run = _run(sol, _job(seed))
    expect(run["saved"][0], en="Rank 0 has written no checkpoint.", zh="rank 0 没有写检查点。")
    expect(
        run["facts"][1]["file"] == run["saved"][0],
        en="Rank 1 came back from `train` before rank 0 had written the last checkpoint.",
        zh="rank 0 还没写完最后的检查点，rank 1 就已经从 `train` 返回了。",
    )


def test_checkpoint_fits_the_plain_model(sol, seed):
    run = _run(sol, _job(seed))
    expect(run["saved"][0], en="Rank 0 has written no checkpoint.", zh="rank 0 没有写检查点。")
    equal(run["keys"], run["wanted"], what="torch.load(checkpoint).keys()")
    wanted = run["facts"][0]["weights"]
    close(run["values"], wanted, rtol=0, what="torch.load(checkpoint).values()")


def test_group_is_closed(sol, seed):
    for fails, en, zh in ((False, "", ""), (True, " raised", "抛出异常")):
        job = _job(seed, fails=fails)
        facts = _facts(sol, job)
        if not fails:
            _has_trained(len(_steps(facts, job)))
        for rank, fact in enumerate(facts):
            expect(
                not fact["open"],
                en=f"After `train`{en}, the process group of rank {rank} is still open.",
                zh=f"`train` {zh}之后，rank {rank} 的进程组还开着。",
            )


def test_torchrun_starts_it(sol, ref, seed):
    job = _job(seed, accumulate=2, checkpoint="str")
    run = _run(sol, job, "torchrun")
    expect(run["saved"][0], en="Rank 0 has written no checkpoint.", zh="rank 0 没有写检查点。")
    _end_like_one(run["facts"], ref, job, "torchrun: train(…)")
