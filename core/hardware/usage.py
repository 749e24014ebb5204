"""What the machine is doing now: processor, memory, and each NVIDIA GPU as nvidia-smi shows it."""

from __future__ import annotations

import contextlib
import platform
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import psutil

from core.languages import filled, in_digits
from core.languages import gettext as _

_GIB = 1024**3

_WATCHED_SECONDS = 60.0
"""A process that nobody has asked for in this time is no longer watched."""

_FIRST_SECONDS = 0.1
"""Seconds to measure the processor for the first time, when there is no earlier reading."""


@dataclass(frozen=True)
class Gpu:
    """One GPU. utilisation: in [0, 1]. Memory in bytes, temperature in degrees Celsius, power in watts.

    None for what a GPU does not report.
    """

    name: str
    utilisation: float | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    temperature: float | None = None
    power: float | None = None
    power_limit: float | None = None

    def words(self) -> dict[str, str]:
        """What the GPU reports, as texts by name."""
        found: dict[str, str] = {}
        if self.utilisation is not None:
            found[_("GPU")] = in_digits(self.utilisation, ".0%")
        if self.memory_used is not None and self.memory_total is not None:
            found[_("GPU memory")] = filled(
                _("{memory_used:.1f} of {memory_total:.1f} GiB"),
                memory_used=self.memory_used / _GIB,
                memory_total=self.memory_total / _GIB,
            )
        if self.temperature is not None:
            found[_("Temperature")] = f"{in_digits(self.temperature, '.0f')} °C"
        if self.power is not None:
            power = in_digits(self.power, ".0f")
            if self.power_limit is not None:
                limit = in_digits(self.power_limit, ".0f")
                power = filled(_("{power} of {limit}"), power=power, limit=limit)
            found[_("Power")] = f"{power} W"
        return found


@dataclass(frozen=True)
class Machine:
    """A machine at one moment. processor: the share of all cores that is busy, in [0, 1]. Memory in bytes."""

    name: str
    cores: int
    processor: float
    memory_used: int
    memory_total: int
    gpus: tuple[Gpu, ...] = ()


@dataclass(frozen=True)
class ProcessLoad:
    """One process at one moment. cores: how many it keeps busy. memory: in bytes."""

    cores: float
    memory: int


class MachineWatch:
    """Reads this machine's load at most every `interval` seconds, however many callers there are.

    Loads are averages since the reading before: there is no other way to measure them.
    """

    def __init__(self, interval: float = 1.0) -> None:
        self._interval = interval
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._machine: Machine | None = None
        self._watched: dict[int, _Watched] = {}

    def read(self) -> Machine:
        """The machine at the last reading."""
        return self._look(None)[0]

    def read_with(self, pid: int) -> tuple[Machine, ProcessLoad | None]:
        """The machine and one of its processes; None if that is gone or somebody else's."""
        return self._look(pid)

    def _look(self, pid: int | None) -> tuple[Machine, ProcessLoad | None]:
        with self._lock:
            now = time.monotonic()
            if pid is not None:
                if pid not in self._watched and (process := _process(pid)) is not None:
                    self._watched[pid] = _Watched(process)
                if pid in self._watched:
                    self._watched[pid].asked = now
            first = self._machine is None
            if first or now - self._looked >= self._interval:
                self._machine = _machine(_FIRST_SECONDS if first else None)
                self._watched = {
                    each: watched
                    for each, watched in self._watched.items()
                    if now - watched.asked <= _WATCHED_SECONDS and watched.read()
                }
                self._looked = time.monotonic()
            assert self._machine is not None  # noqa: S101 (read just now, or before)
            watched = self._watched.get(pid) if pid is not None else None
            return self._machine, watched.load if watched else None


@dataclass
class _Watched:
    """A process with its load at the last reading, and when somebody last asked for it."""

    process: psutil.Process
    load: ProcessLoad | None = None
    asked: float = 0.0

    def read(self) -> bool:
        """Read its load; False if it is gone or somebody else's."""
        try:
            with self.process.oneshot():
                self.load = ProcessLoad(self.process.cpu_percent() / 100, self.process.memory_info().rss)
        except psutil.Error:
            return False
        return True


def _process(pid: int) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        process.cpu_percent()  # the next reading is compared with this one
    except psutil.Error:
        return None
    return process


def _machine(seconds: float | None) -> Machine:
    memory = psutil.virtual_memory()
    return Machine(
        name=platform.node(),
        cores=psutil.cpu_count() or 1,
        processor=min(1.0, psutil.cpu_percent(seconds) / 100),
        memory_used=memory.total - memory.available,
        memory_total=memory.total,
        gpus=tuple(gpus(_nvml())),
    )


def has_gpu() -> bool:
    """Whether NVIDIA's driver reports a GPU. Whether PyTorch can use it, only PyTorch knows."""
    return any(True for _gpu_found in gpus(_nvml()))


def _nvml() -> ModuleType | None:
    """NVIDIA's library; None without the driver, for the library alone is installed everywhere."""
    try:
        import pynvml  # type: ignore[import-untyped]
    except ImportError:
        return None
    found: ModuleType = pynvml
    return found


def gpus(nvml: ModuleType | None) -> Iterator[Gpu]:
    """The GPUs that NVIDIA's management library reports; none without a driver."""
    if nvml is None:
        return
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return
    try:
        for number in range(nvml.nvmlDeviceGetCount()):
            yield _gpu(nvml, nvml.nvmlDeviceGetHandleByIndex(number))
    except nvml.NVMLError:
        return
    finally:
        with contextlib.suppress(nvml.NVMLError):
            nvml.nvmlShutdown()


def _gpu(nvml: ModuleType, handle: object) -> Gpu:
    # Small and virtual GPUs report some of this and refuse the rest.
    name = nvml.nvmlDeviceGetName(handle)
    gpu: dict[str, float | int] = {}
    with contextlib.suppress(nvml.NVMLError):
        gpu["utilisation"] = nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100
    with contextlib.suppress(nvml.NVMLError):
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        gpu |= {"memory_used": memory.used, "memory_total": memory.total}
    with contextlib.suppress(nvml.NVMLError):
        gpu["temperature"] = nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)
    with contextlib.suppress(nvml.NVMLError):
        gpu["power"] = nvml.nvmlDeviceGetPowerUsage(handle) / 1000  # milliwatts
    with contextlib.suppress(nvml.NVMLError):
        gpu["power_limit"] = nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000
    return Gpu(name if isinstance(name, str) else name.decode(), **gpu)  # type: ignore[arg-type]
