"""The machine: what can be checked against the system itself, and GPUs that a library tells of."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import types

import psutil
import pytest

from core.hardware.usage import Gpu, MachineWatch, gpus


def test_processor_and_memory_are_this_machines():
    machine = MachineWatch().read()

    assert machine.cores == psutil.cpu_count()
    assert machine.memory_total == psutil.virtual_memory().total
    assert 0 <= machine.processor <= 1
    assert 0 < machine.memory_used < machine.memory_total


def test_whoever_asks_again_at_once_hears_the_same():
    watch = MachineWatch(interval=3600)

    assert watch.read() is watch.read()


def test_a_process_is_watched_from_the_second_look_on():
    watch = MachineWatch(interval=0)
    watch.read_with(os.getpid())
    busy_until = time.process_time() + 0.2  # many ticks of the clock that counts, however busy the machine is
    while time.process_time() < busy_until:
        pass
    _, load = watch.read_with(os.getpid())

    assert load is not None
    assert load.cores > 0
    assert load.memory > 1024**2


def test_two_watched_processes_do_not_disturb_each_other():
    watch = MachineWatch(interval=0)
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        try:
            watch.read_with(busy.pid)
            watch.read_with(os.getpid())
            time.sleep(0.3)
            watch.read_with(os.getpid())  # in between
            _, load = watch.read_with(busy.pid)
            assert load is not None
            assert load.memory != psutil.Process().memory_info().rss
            # Begun anew, it would have been compared with a moment ago, when no time had passed.
            assert watch._watched[busy.pid].process is not watch._watched[os.getpid()].process
        finally:
            busy.kill()
    watch.read()
    assert watch.read_with(busy.pid)[1] is None


def test_a_process_that_is_gone_has_no_load():
    gone = max(psutil.pids()) + 1_000_000
    machine, load = MachineWatch().read_with(gone)

    assert machine.cores > 0
    assert load is None


class NVMLError(Exception):
    pass


def library(**changes) -> types.SimpleNamespace:
    """What nvidia-ml-py has, told of the article's GPU: this machine may have none."""

    def refuse(*_):
        raise NVMLError

    functions = {
        "NVMLError": NVMLError,
        "NVML_TEMPERATURE_GPU": 0,
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: 1,
        "nvmlDeviceGetHandleByIndex": lambda number: number,
        "nvmlDeviceGetName": lambda _: "Tesla P4",
        "nvmlDeviceGetUtilizationRates": lambda _: types.SimpleNamespace(gpu=99),
        "nvmlDeviceGetMemoryInfo": lambda _: types.SimpleNamespace(used=3577 * 1024**2, total=7611 * 1024**2),
        "nvmlDeviceGetTemperature": lambda _, kind: 42,
        "nvmlDeviceGetPowerUsage": lambda _: 58_000,
        "nvmlDeviceGetEnforcedPowerLimit": lambda _: 75_000,
    }
    return types.SimpleNamespace(
        **functions | {name: refuse for name, wanted in changes.items() if not wanted}
    )


def test_the_articles_gpu_reads_as_the_article_showed_it():
    (gpu,) = gpus(library())

    assert gpu == Gpu("Tesla P4", 0.99, 3577 * 1024**2, 7611 * 1024**2, 42, 58.0, 75.0)
    assert gpu.words() == {
        "GPU": "99%",
        "GPU memory": "3.5 of 7.4 GiB",
        "Temperature": "42 °C",
        "Power": "58 of 75 W",
    }


def test_a_gpu_that_tells_little_is_shown_with_that():
    (gpu,) = gpus(library(nvmlDeviceGetPowerUsage=False, nvmlDeviceGetUtilizationRates=False))

    assert (gpu.power, gpu.utilisation, gpu.temperature) == (None, None, 42)
    assert "Power" not in gpu.words()


@pytest.mark.parametrize("broken", ["nvmlInit", "nvmlDeviceGetCount", "nvmlDeviceGetHandleByIndex"])
def test_without_a_driver_there_are_no_gpus(broken):
    assert list(gpus(library(**{broken: False}))) == []


def test_without_the_library_there_are_no_gpus():
    assert list(gpus(None)) == []


def test_the_library_has_all_that_is_asked_of_it():
    pynvml = pytest.importorskip("pynvml")

    assert [name for name in vars(library()) if not hasattr(pynvml, name)] == []
