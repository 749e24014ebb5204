"""One engine in a separate process: seconds for a photo and peak memory, as JSON.

Usage: python -m bench.engines ENGINE SIZE [THREADS]
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bench.processes import NOT_INSTALLED, forget_peak, resident_megabytes
from core.photos.samples import china
from core.segmentation.engines.choice import EngineChoice

if TYPE_CHECKING:
    from torch import Tensor, nn

ARTICLE_CLASSES = 32


def median_seconds(act: Callable[[], object], repeats: int = 12, warm_up: int = 3) -> float:
    """Median of `repeats` timings after `warm_up` ones."""
    times = []
    for _ in range(warm_up + repeats):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times[warm_up:])


def article(size: int) -> dict[str, float]:
    """fastai's `learn.predict` with the article's network: file to label map."""
    import numpy as np
    from fastai.vision import all as fastai
    from torchvision.models import resnet34

    photo = china()
    data = fastai.DataBlock(
        (fastai.ImageBlock, fastai.MaskBlock(codes=[str(i) for i in range(ARTICLE_CLASSES)])),
        get_items=lambda _: [photo, photo],
        get_y=lambda _: fastai.PILMask.create(np.zeros((427, 640), np.uint8)),
        splitter=fastai.IndexSplitter([1]),
        item_tfms=fastai.Resize(size, method=fastai.ResizeMethod.Squish),
        batch_tfms=fastai.Normalize.from_stats(*fastai.imagenet_stats),
    ).dataloaders("", bs=1, num_workers=0)
    learn = fastai.unet_learner(data, resnet34, n_out=ARTICLE_CLASSES, pretrained=False)

    def predict() -> None:
        with learn.no_bar():
            learn.predict(photo)

    return timed(predict, repeats=5, warm_up=1)


def streetscope(size: int, engine: str, threads: int) -> dict[str, float]:
    """Ours: file to label map, by one of `ENGINES`."""
    from core.photos import images
    from core.segmentation.segmenter import load_segmenter

    choice, prepare = ENGINES[engine]
    segmenter = load_segmenter("street-lite0", choice)
    if choice is EngineChoice.ONNX_RUNTIME:
        segmenter = segmenter.for_thread(threads)
    if prepare is not None:
        pytorch = segmenter.predictor.engine
        pytorch.network = prepare(pytorch.network, size)  # type: ignore[attr-defined]
    photo = china()

    def predict() -> None:
        segmenter.segment(images.decode(photo.read_bytes(), size), size, square=True)

    figures = timed(predict)
    result = segmenter.segment(images.decode(photo.read_bytes(), size), size, square=True)
    return figures | {"network": median_seconds(lambda: segmenter.predictor.logits([result.image]))}


def timed(predict: Callable[[], None], repeats: int = 12, warm_up: int = 3) -> dict[str, float]:
    loaded = resident_megabytes()
    forget_peak()
    predict()
    peak = resident_megabytes(peak=True) - loaded
    return {"photo": median_seconds(predict, repeats, warm_up), "peak": peak}


def compiled(network: nn.Module, size: int) -> object:
    import torch

    if shutil.which("g++") is None and shutil.which("clang++") is None:
        sys.exit(NOT_INSTALLED)
    return torch.compile(network)


def openvino(network: nn.Module, size: int) -> object:
    needed("openvino")
    import openvino as vino
    import torch

    model = vino.convert_model(network, example_input=torch.zeros(1, 3, size, size))
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": torch.get_num_threads()}
    ready = vino.Core().compile_model(model, "CPU", settings)

    def run(batch: Tensor) -> Tensor:
        return torch.from_numpy(ready(batch.contiguous().numpy())[0])

    return run


def needed(*modules: str) -> None:
    if any(importlib.util.find_spec(module) is None for module in modules):
        sys.exit(NOT_INSTALLED)


ENGINES = {
    "ONNX Runtime": (EngineChoice.ONNX_RUNTIME, None),
    "PyTorch": (EngineChoice.PYTORCH, None),
    "PyTorch, bfloat16": (EngineChoice.PYTORCH_BFLOAT16, None),
    "torch.compile": (EngineChoice.PYTORCH, compiled),
    "torch.compile, bfloat16": (EngineChoice.PYTORCH_BFLOAT16, compiled),
    "OpenVINO": (EngineChoice.PYTORCH, openvino),
}


def main(engine: str, size: str, threads: str = "2") -> None:
    if engine != "ONNX Runtime":
        import torch

        torch.set_num_threads(int(threads))
    figures = article(int(size)) if engine == "fastai" else streetscope(int(size), engine, int(threads))
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
