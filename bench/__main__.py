"""`python -m bench`: every measurement in one run on this machine, written as JSON and Markdown here."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

HERE = Path(__file__).parent
POLICIES = {"spinning": {}, "passive": {"OMP_WAIT_POLICY": "PASSIVE"}}


def environment(policy: str) -> dict[str, str]:
    """This process's environment with one waiting policy of OpenMP."""
    rest = {k: v for k, v in os.environ.items() if k != "OMP_WAIT_POLICY"}
    return rest | POLICIES[policy]


def measure(policy: str, threads: int, precision: str, size: int) -> dict[str, float]:
    """One measurement in a fresh process."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.predict", str(threads), precision, str(size)]
    done = subprocess.run(command, env=environment(policy), check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


@contextmanager
def training_beside() -> Iterator[None]:
    """A process that trains on both cores while the block runs, waiting as our training does."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.load"]
    with subprocess.Popen(command, env=environment("passive"), stdout=subprocess.PIPE, text=True) as load:
        load.stdout.readline()
        try:
            yield
        finally:
            load.kill()


def table(rows: list[dict]) -> str:
    """The rows as Markdown, times as ratios to the first."""
    first = rows[0]["segment"]
    lines = [
        "| waiting | threads | precision | size | beside it | segment, ms | of the first "
        "| network, ms | read, ms |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {r['policy']} | {r['threads']} | {r['precision']} | {r['size']} | {r['beside']} "
        f"| {r['segment'] * 1e3:.0f} | {r['segment'] / first:.2f} "
        f"| {r['network'] * 1e3:.0f} | {r['read'] * 1e3:.2f} |"
        for r in rows
    ]
    return "\n".join(lines)


def main() -> None:
    rows = []

    def add(beside: str, policy: str, threads: int, precision: str, size: int = 512) -> None:
        figures = measure(policy, threads, precision, size)
        rows.append(
            {
                "beside": beside,
                "policy": policy,
                "threads": threads,
                "precision": precision,
                "size": size,
                **figures,
            }
        )
        print(table(rows).splitlines()[-1], flush=True)

    settings = list(product(POLICIES, (2, 1), ("float32", "bfloat16")))
    for setting in settings:
        add("nothing", *setting)
    add("nothing", "passive", 2, "bfloat16", 1024)
    with training_beside():
        for setting in settings:
            add("a training run", *setting)
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.system()}"
    report = {"machine": machine, "date": datetime.now(UTC).date().isoformat(), "rows": rows}
    (HERE / "predict.json").write_text(json.dumps(report, indent=1) + "\n")
    (HERE / "predict.md").write_text(
        f"# Prediction\n\n`make bench` on {machine}, {report['date']}; `china.jpg` squashed to a square, "
        f"median of 12 after 3 to warm up.\n\n{table(rows)}\n"
    )


if __name__ == "__main__":
    main()
