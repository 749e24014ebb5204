"""The app while a training run uses both cores: segmenting and clicking."""

from __future__ import annotations

from itertools import product

from bench.click import APP, WHOLE, clicks, median_and_p95
from bench.predict import APP_ENGINE
from bench.processes import in_fresh_process, training_beside
from bench.report import Goal, Report, Row


def measure() -> Report:
    rows: list[Row] = []
    for engine, threads in product((APP_ENGINE, "PyTorch", "PyTorch, bfloat16"), (2, 1)):
        idle = in_fresh_process("bench.engines", engine, 512, threads)
        with training_beside():
            busy = in_fresh_process("bench.engines", engine, 512, threads)
        rows.append(
            {
                "engine": engine,
                "threads": threads,
                "alone, ms": idle["photo"] * 1e3,
                "beside a training run, ms": busy["photo"] * 1e3,
                "speed kept": idle["photo"] / busy["photo"],
            }
        )
        print(rows[-1], flush=True)
    kept = next(r["speed kept"] for r in rows if (r["engine"], r["threads"]) == (APP_ENGINE, 2))
    with training_beside():
        _, p95 = median_and_p95([times[WHOLE] for times in clicks()[APP]])
    return Report(
        "Beside a training run",
        "One photo at 512 x 512, alone and while a training run of the same network uses both cores; the "
        "clicks as in the part on clicks.",
        rows,
        [
            Goal("beside a training run: speed of segmenting kept", float(kept or 0), "", 0.4, True),
            Goal("beside a training run: a click's whole reading, 95th percentile", p95, "ms", 100),
        ],
    )
