"""torch's compiler is left out when libraries are imported, and there for whom wants it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_photo_is_segmented_without_the_compiler():
    assert (
        run(
            "import sys, numpy as np\n"
            "from core.segmentation import load_segmenter\n"
            "load_segmenter('street-lite0').segment(np.zeros((64, 64, 3), np.uint8)).read(3, 5)\n"
            "print([name for name in sys.modules if name.startswith('torch._dynamo')])"
        )
        == "[]"
    )


def test_training_begins_without_the_compiler():
    assert (
        run(
            "import sys, core.training.run, core.training.find\n"
            "print([name for name in sys.modules if name.startswith('torch._dynamo')])"
        )
        == "[]"
    )


def test_the_compiler_is_there_afterwards_and_says_what_it_always_says():
    assert (
        run(
            "import core.networks, torch\n"
            "from torchvision.ops.roi_align import is_compile_supported\n"
            "import torch._dynamo.utils as real\n"
            "assert is_compile_supported('cpu') == real.is_compile_supported('cpu')\n"
            "print(torch.compile(lambda x: x + 1, backend='eager')(torch.ones(1)).item())"
        )
        == "2.0"
    )


def test_a_compiler_that_is_there_already_stays():
    assert (
        run(
            "import sys, torch._dynamo.utils\n"
            "from core.compiler import without_compiler\n"
            "before = sys.modules['torch._dynamo']\n"
            "with without_compiler():\n"
            "    print(sys.modules['torch._dynamo'] is before)"
        )
        == "True"
    )


def test_what_an_import_left_behind_when_it_failed_is_taken_away():
    assert (
        run(
            "import sys\n"
            "from core.compiler import without_compiler\n"
            "try:\n"
            "    with without_compiler():\n"
            "        import there_is_no_such_module\n"
            "except ImportError:\n"
            "    print('torch._dynamo' in sys.modules)"
        )
        == "False"
    )
