"""A network asked what only PyTorch can answer, in a process of its own: the app itself does without PyTorch.

The process (`core.inside.worker`) starts when it is first asked, keeps the last few networks, and ends by
itself when nobody has asked for some minutes, when its input ends, and with Python here.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from core.errors import OutOfMemoryError, WorkerError
from core.inside import wire
from core.inside.stages import Peaks, Stage
from core.languages import sentence
from core.models.store import read_card
from core.project import ROOT
from core.segmentation.engines.engine import Pictures
from core.segmentation.predictor import Predictor
from core.segmentation.segmenter import Segmenter
from core.workers import error_of, failure_from_plain

_MOST_SECONDS = 180.0
"""That an answer may take, on a busy machine too."""

Answer = tuple[dict[str, Any], list[NDArray[Any]]]


class InspectingProcess:
    """The process; threads may ask at once, and are answered one after the other."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        atexit.register(self.end)

    def ask(self, request: dict[str, Any], arrays: wire.Arrays = ()) -> Answer:
        """Its answer. The error that it answers with; OutOfMemoryError if the system ended it, WorkerError if
        it ended otherwise or took too long.
        """
        with self._lock:
            # It may have just ended by itself, or been ended by somebody else.
            answer = self._exchange(request, arrays) or self._exchange(request, arrays)
            status = self._process.returncode if answer is None and self._process else None
        if answer is None:
            if status == -signal.SIGKILL:
                raise OutOfMemoryError(
                    sentence(
                        "The system ended the process that looks inside the network: the memory is too "
                        "small; choose a smaller working size."
                    )
                )
            raise WorkerError(
                sentence("The process that looks inside the network ended unexpectedly; try again.")
            )
        if failure := answer[0].get("error"):
            raise error_of(failure_from_plain(failure))
        return answer

    def end(self) -> None:
        """End the process, if there is one; it starts again when it is asked."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    cast(Any, pipe).close()

    def _exchange(self, request: dict[str, Any], arrays: wire.Arrays) -> Answer | None:
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._process = _started()
        process = self._process
        overdue = threading.Event()

        def give_up() -> None:
            overdue.set()
            process.kill()

        watchdog = threading.Timer(_MOST_SECONDS, give_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            wire.send(cast(Any, process.stdin), request, arrays)
            return wire.receive(cast(Any, process.stdout))
        except (OSError, EOFError, ValueError):
            process.wait()
            if overdue.is_set():
                raise WorkerError(
                    sentence("Looking inside the network took too long; choose a smaller working size.")
                ) from None
            return None
        except BaseException:  # such as a click on Stop: what is left of the answer belongs to nobody
            self.end()
            raise
        finally:
            watchdog.cancel()


def _started() -> subprocess.Popen[bytes]:
    environment = os.environ | {"OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "PASSIVE")}
    return subprocess.Popen(
        [sys.executable, "-m", "core.inside.worker"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@dataclass(frozen=True)
class AskedInspector:
    """As `core.inside.inspector.Inspector`, but in the other process. weights: the hash of the model's."""

    process: InspectingProcess
    model: str
    weights: str
    untrained: bool = False

    @property
    def key_parts(self) -> tuple[str, ...]:
        """Identify the network."""
        return (self.weights, "untrained" if self.untrained else "trained")

    def gradient(
        self, image: NDArray[np.uint8], pixel: tuple[int, int], number: int | None = None
    ) -> NDArray[np.float32]:
        """See `Inspector.gradient`."""
        _, (found,) = self._ask("gradient", [image], pixel=pixel, number=number)
        return found

    def stages(self, image: NDArray[np.uint8]) -> list[Stage]:
        """See `Inspector.stages`."""
        header, arrays = self._ask("stages", [image])
        pairs = zip(header["stages"], arrays[::2], arrays[1::2], strict=True)
        return [
            Stage(said["name"], said["stride"], activity, tuple(said["channels"]), maps)
            for said, activity, maps in pairs
        ]

    def peaks(self, image: NDArray[np.uint8]) -> list[Peaks]:
        """See `Inspector.peaks`."""
        _, arrays = self._ask("peaks", [image])
        return [Peaks(*each) for each in zip(arrays[::3], arrays[1::3], arrays[2::3], strict=True)]

    def theoretical(self, pixel: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
        """The rows and columns (first, end) that `core.inside.inspector.theoretical` finds."""
        header, _ = self._ask("theoretical", pixel=pixel)
        rows, cols = header["rows"], header["cols"]
        return (rows[0], rows[1]), (cols[0], cols[1])

    def segmenter(self) -> Segmenter:
        """The network as one that segments, like those that the app loads itself."""
        card = read_card(self.model)
        header, _ = self._ask("network")
        mean, std = card.normalisation.mean, card.normalisation.std
        predictor = Predictor(_AskedEngine(self), mean, std, header["multiple"])
        return Segmenter(card, card.class_list.restored(), header["stride"], predictor)

    def _ask(self, kind: str, arrays: wire.Arrays = (), **more: Any) -> Answer:
        network = {"model": self.model, "weights": self.weights, "untrained": self.untrained}
        return self.process.ask({"kind": kind, **network, **more}, arrays)


@dataclass(frozen=True)
class _AskedEngine:
    """An engine of `core.segmentation.engines` whose network is in the other process."""

    inspector: AskedInspector
    name = "PyTorch in a process of its own"

    def logits(self, pictures: Pictures) -> NDArray[np.float32]:
        _, (found,) = self.inspector._ask("logits", [pictures])
        return found

    def features(self, pictures: Pictures) -> NDArray[np.float32]:
        _, (found,) = self.inspector._ask("features", [pictures])
        return found

    def for_thread(self, threads: int) -> _AskedEngine:
        return self
