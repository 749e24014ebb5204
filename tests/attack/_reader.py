"""A process that checks and imports data sets, one after the other, and can be killed when it hangs.

It reads lines of JSON with "root" and "target", and answers each with one that has "outcome", "said",
"seconds" and "megabytes".
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback
from pathlib import Path

from core.commands.refusal import printable
from core.datasets.acquire.importing import import_dataset
from core.datasets.contents.check import check
from core.datasets.contents.statistics import measure
from core.datasets.contents.thumbnails import thumbnail
from core.datasets.layouts.opening import find_datasets, open_dataset
from core.errors import StreetScopeError


def main() -> None:
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_answer(Path(asked["root"]), Path(asked["target"]))), flush=True)


def _answer(root: Path, target: Path) -> dict[str, object]:
    started, memory = time.process_time(), _most_memory()
    outcome, said = _use(root, target)
    return {
        "outcome": outcome,
        "said": said,
        "seconds": time.process_time() - started,
        "megabytes": _most_memory() - memory,
    }


def _use(root: Path, target: Path) -> tuple[str, str]:
    """What becomes of a folder by everything that reads data sets; the import last."""
    try:
        find_datasets(root.parent)
        try:
            report = check(root)
        finally:
            import_dataset(root, target)
        for problem in report.problems:
            if not _is_sentence(problem.message):
                return "traceback", f"no sentence: {problem.message}"
        dataset = open_dataset(target)
        measure(dataset)
        pictures = [thumbnail(dataset, frame) for frame in dataset.frames()]
        trouble = next((picture.trouble for picture in pictures if picture.trouble), "")
    except StreetScopeError as error:
        return ("refused" if _is_sentence(str(error)) else "traceback"), str(error)
    except BaseException:
        return "traceback", traceback.format_exc()
    # What was imported has been checked on the way: nothing in it may be in the way now.
    return ("lost", trouble) if trouble else ("taken", "")


def _is_sentence(message: str) -> bool:
    """Whether the commands print one sentence; they make one line of whatever a file is called."""
    text = printable(" ".join(message.split()))
    return text.endswith(".") and "\n" not in text and "[Errno" not in text and len(text) < 1500


def _most_memory() -> float:
    """Megabytes that this process had at once so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
