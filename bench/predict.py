"""From a photo's file to its label map: our network in several engines, and fastai's with the article's."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from bench.processes import APP_POLICY, POLICIES, in_fresh_process
from bench.report import Goal, Report, Row

APP_ENGINE = "ONNX Runtime"
ARTICLE, OURS = "learn.predict, article's U-Net on ResNet-34", "street-lite0"


def row(engine: str, policy: str, threads: int, size: int) -> Row:
    """One engine in one setting."""
    figures = in_fresh_process("bench.engines", engine, size, threads, policy=policy)
    start: Row = {
        "network": ARTICLE if engine == "fastai" else OURS,
        "engine": engine,
        "waiting": policy,
        "threads": threads,
        "size": size,
    }
    if not figures:
        return start | {"photo, ms": "not installed"}
    return start | {
        "photo, ms": figures["photo"] * 1e3,
        "network, ms": figures["network"] * 1e3 if "network" in figures else None,
        "peak, MB": figures["peak"],
    }


def measure() -> Report:
    """All settings, each in a fresh process."""
    settings = [("fastai", "spinning", 2, size) for size in (512, 1024)]
    settings += [(APP_ENGINE, APP_POLICY, threads, size) for threads, size in ((2, 512), (1, 512), (2, 1024))]
    settings += [
        (engine, policy, threads, 512)
        for policy, threads, engine in product(POLICIES, (2, 1), ("PyTorch, bfloat16", "PyTorch"))
    ]
    settings += [(engine, APP_POLICY, 2, 1024) for engine in ("PyTorch, bfloat16", "PyTorch")]
    settings += [
        (engine, "spinning", 2, 512) for engine in ("torch.compile, bfloat16", "torch.compile", "OpenVINO")
    ]
    rows = []
    for setting in settings:
        rows.append(row(*setting))
        print(rows[-1], flush=True)
    slow = {row["size"]: row["photo, ms"] for row in rows if row["engine"] == "fastai"}
    for found in rows:
        if isinstance(found["photo, ms"], float):
            found["times as fast"] = slow[found["size"]] / found["photo, ms"]  # type: ignore[operator]
    return Report(
        "Prediction",
        "`china.jpg`, from its file to the label map, squashed to a square as in the article; medians of 12 "
        "(fastai: 5) after a warm-up, each row in a separate process. Times as fast: as `learn.predict` "
        "at the same size. Peak: memory above the loaded network while a photo is segmented. The app uses "
        f"{APP_ENGINE} with two threads, whose waiting OpenMP's policy does not touch.",
        rows,
        [
            Goal(
                f"segment {size} x {size}, times as fast as learn.predict",
                of_app(rows, size),
                "",
                20 if has_avx512() else 8,
                True,
            )
            for size in (512, 1024)
        ],
    )


def has_avx512() -> bool:
    """Whether the processor has the vector instructions that a network gains most from."""
    return "avx512f" in Path("/proc/cpuinfo").read_text("utf-8").split()


def of_app(rows: list[Row], size: int) -> float:
    """How many times as fast the app is."""
    wanted = (APP_ENGINE, 2, size)
    (ratio,) = (
        row["times as fast"] for row in rows if (row["engine"], row["threads"], row["size"]) == wanted
    )
    assert isinstance(ratio, float)  # noqa: S101 (the app's engine is always installed)
    return ratio
