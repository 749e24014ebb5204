"""What `pip install .` packs: `core` with its data files, and the shipped model from `models/`."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["core", "core.*"]), "core.models.shipped"],
    package_dir={"core.models.shipped": "models"},
    package_data={
        "core.training.recipes": ["*.toml"],
        "core.photos": ["sample_pictures/*"],
        "core.photos.gather": ["example_pictures/*"],
        "core.models.shipped": [
            "street-lite0/model.json",
            "street-lite0/model.onnx",
            "street-lite0/weights.safetensors",
            "street-lite0/README.md",
        ],
    },
)
