"""`python -m bench [NAME ...]`: measure on this machine, write JSON and Markdown into this folder.

Without names, everything; README.md sums up what has been measured so far.
"""

import sys

from bench import (
    annotating,
    article,
    busy,
    classroom,
    click,
    data,
    drawing,
    faces,
    gathering,
    hiding,
    hover,
    learning,
    loading,
    memory,
    painting,
    predict,
    read,
    service,
    start,
    training,
    watching,
)
from bench.report import goal_rows, table, write, write_summary

PARTS = {
    "predict": predict,
    "read": read,
    "click": click,
    "busy": busy,
    "hover": hover,
    "start": start,
    "memory": memory,
    "data": data,
    "training": training,
    "article": article,
    "learning": learning,
    "loading": loading,
    "watching": watching,
    "annotating": annotating,
    "drawing": drawing,
    "painting": painting,
    "hiding": hiding,
    "gathering": gathering,
    "faces": faces,
    "service": service,
    "classroom": classroom,
}


def main(*names: str) -> None:
    unknown = set(names) - PARTS.keys()
    if unknown:
        sys.exit(f"There is no part called {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}.")
    for name in names or PARTS:
        print(f"## {name}", flush=True)
        report = PARTS[name].measure()
        write(name, report)
        print(table(report.rows), table(goal_rows(report.goals)), sep="\n\n", flush=True)
    write_summary()


if __name__ == "__main__":
    main(*sys.argv[1:])
