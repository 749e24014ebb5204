"""What `pip install .` packs, `core` with its data, `streetscope`, the shipped models, and what it needs."""

from pathlib import Path

from setuptools import find_packages, setup


def pins(name: str) -> list[str]:
    """What a file of requirements lists: setuptools would not take a line that names another file."""
    lines = (Path(__file__).with_name(name)).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


setup(
    install_requires=[*pins("requirements-service.txt"), *pins("requirements.txt")],
    packages=[*find_packages(include=["core", "core.*", "streetscope"]), "core.models.shipped"],
    package_dir={"core.models.shipped": "models"},
    package_data={
        "core.languages": ["catalogues/*.po"],
        "core.datasets.cutouts": ["*.toml"],
        "core.training.recipes": ["*.toml"],
        "core.lessons": ["shipped/*/*"],
        "core.photos": ["sample_pictures/*"],
        "core.photos.gather": ["example_pictures/*"],
        "core.models.shipped": [
            f"{model}/{name}"
            for model in ("street-lite0", "street32-lite0")
            for name in ("model.json", "model.onnx", "weights.safetensors", "README.md")
        ],
    },
)
