"""What `pip install .` packs: `core` with its data files, `streetscope`, the shipped models from `models/`."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["core", "core.*", "streetscope"]), "core.models.shipped"],
    package_dir={"core.models.shipped": "models"},
    package_data={
        "core.training.recipes": ["*.toml"],
        "core.photos": ["sample_pictures/*"],
        "core.photos.gather": ["example_pictures/*"],
        "core.models.shipped": [
            f"{model}/{name}"
            for model in ("street-lite0", "street32-lite0")
            for name in ("model.json", "model.onnx", "weights.safetensors", "README.md")
        ],
    },
)
