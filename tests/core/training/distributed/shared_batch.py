"""A program: two processes that share a batch compute what one does over the whole of it.

Usage: shared_batch.py FILE_WHERE_THE_TWO_MEET
"""

from __future__ import annotations

import sys

from tests.core.training.distributed.meeting import in_two_processes
from tests.core.training.distributed.shared_mixture import compare_mixtures
from tests.core.training.distributed.shared_norm import compare_norms


def compare(rank: int) -> None:
    """Both, in each of the two processes."""
    compare_norms(rank)
    compare_mixtures(rank)


if __name__ == "__main__":
    in_two_processes(sys.argv[1], compare)
