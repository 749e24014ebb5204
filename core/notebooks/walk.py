# %% [markdown]
# # Image segmentation, from labels to 21 pixels
#
# The walk of *Image Segmentation with Deep Learning* (Andi Sama, 2019): look at street scenes and their
# labels, find a learning rate, train a U-Net in four stages, segment a photo at two sizes, and read one pixel
# with its 20 neighbours. Every step calls the function that the app StreetScope calls, and the last cell
# checks that what this notebook worked out for itself is what the app says.

# %%
try:
    import core.project
except ModuleNotFoundError:
    raise SystemExit(
        "This notebook needs StreetScope: start it with the Python of its folder's .venv, from that folder."
    ) from None

# %% tags=["parameters"]
DATA = ""  # a data set's folder in fastai's layout, such as CamVid's; "" draws Toytown
FRAMES = 24  # of Toytown
SIZE = (160, 120)  # of Toytown: width and height in pixels
NETWORK = "unet_lite0"  # the article's is "unet_resnet34", with 41 million parameters
PRETRAINED = True  # begin with an encoder that ImageNet's photos taught
EPOCHS = 1  # of each stage; None takes the article's 10, 12, 10 and 10
BATCHES = 4  # of an epoch; None shows every training picture once
BATCH_SIZE = 4  # pictures; None takes the article's 8 and 4
PHOTO = ""  # a photo's path; "" takes scikit-learn's china.jpg
SIZES = (512, 1024)  # at which the photo is segmented: its longer side, 128, 256, 512 or 1024 pixels
PIXEL = (200, 240)  # row and column of the pixel that is read, at the first size
SEED = 42
FOLDER = "notebook-walk"  # everything is written into this folder, beside the notebook

# %%
import os
import platform
from pathlib import Path

folder = Path(FOLDER).resolve()
folder.mkdir(parents=True, exist_ok=True)
os.environ["STREETSCOPE_MODELS"] = str(folder / "models")  # runs and models of this notebook stay apart

import fastai
import matplotlib.pyplot as plt
import numpy as np
import torch

print(f"Python {platform.python_version()}, PyTorch {torch.__version__}, fastai {fastai.__version__}")
print(f"NumPy {np.__version__}, seed {SEED}")

# %% [markdown]
# ## 1. The data
# A label map has the picture's height and width; each of its pixels is the number of a class.

# %%
from core.datasets.layouts.opening import open_dataset
from core.toytown import toytown

data = Path(DATA).resolve() if DATA else folder / "toytown"
if not data.exists():
    toytown(data, FRAMES, SIZE, SEED)
dataset = open_dataset(data)
classes = dataset.class_list
print(f"{dataset.name}: {len(dataset.train)} training and {len(dataset.valid)} validation frames")
print(f"{len(classes)} classes: {', '.join(classes.names)}")

# %%
image, labels = dataset.read(dataset.train[0])
palette = np.array([each.colour for each in classes.classes] + [(0, 0, 0)] * (256 - len(classes)), np.uint8)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
left.imshow(image)
left.set_title("photo")
right.imshow(palette[labels])
right.set_title("label map")
for axes in (left, right):
    axes.axis("off")
plt.show()

# %%
counts = np.zeros(256, np.int64)
for frame in dataset.train:
    counts += np.bincount(dataset.read(frame)[1].ravel(), minlength=256)
shares = counts[: len(classes)] / counts.sum()
for number in np.argsort(-shares)[:10]:
    print(f"{classes.names[number]:18} {100 * shares[number]:5.1f} % of the training pixels")

# %% [markdown]
# ## 2. The recipe, and a learning rate
# The article's four stages: half size, then full size, each first with the encoder frozen, then with all
# layers. The finder (`lr_find`) raises the learning rate batch by batch and watches the loss.

# %%
from core.training.recipes.recipe import read_recipe
from core.training.runs.folder import create_run, run_folder
from core.training.runs.status import enqueue
from core.training.workers.train import work

article = read_recipe("article")
changes = {"epochs": EPOCHS, "steps": BATCHES, "batch_size": BATCH_SIZE}
stages = tuple(
    stage.model_copy(update={name: value for name, value in changes.items() if value} | {"lr_find": False})
    for stage in article.stages
)
recipe = article.model_copy(
    update={"network": NETWORK, "pretrained": PRETRAINED, "seed": SEED, "stages": stages, "name": "walk"}
)
for stage in recipe.stages:
    print(f"{stage.name}: size {stage.size}, {stage.epochs} epochs, rate {stage.lr}, frozen {stage.frozen}")

# %%
finding = create_run(recipe, data, stages=(recipe.names[0],), task="lr_find", iterations=20)
enqueue(run_folder(finding))
suggestions = work(finding, recipe=recipe).suggestions
for method, rate in (suggestions.model_dump() if suggestions else {}).items():
    print(f"{method:8} {rate:.2e}")

# %% [markdown]
# ## 3. Four stages
# Each is one call of fastai's `fit_one_cycle`. Pixels whose true class is Void count in no figure.

# %%
run = create_run(recipe, data)
enqueue(run_folder(run))
work(
    run,
    report=lambda epoch: print(
        f"{epoch.stage} {epoch.epoch}: loss {epoch.valid_loss:.3f}, accuracy {epoch.acc_camvid:.3f}, "
        f"mean IoU {epoch.mean_iou:.3f}"
    ),
    recipe=recipe,
)

# %%
import hashlib

from core.models.paths import models_folder
from core.training.workers.publish import publish_checkpoint

card = publish_checkpoint(run, "best", "walk", replace=True)
weights = (models_folder() / "walk" / "weights.safetensors").read_bytes()
print(f"walk: SHA-256 {hashlib.sha256(weights).hexdigest()[:16]}...")

# %% [markdown]
# ## 4. How good is it?
# The figures of the validation frames, worked out here from the pixels: `acc_camvid` is the share of right
# ones, and a class's IoU is its right pixels over all that are it or are called it.

# %%
from core.segmentation.segmenter import load_segmenter, segment_photo

segmenter = load_segmenter("walk")
void = classes.void
confusion = np.zeros((len(classes), len(classes)), np.int64)
for frame in dataset.valid:
    image, truth = dataset.read(frame)
    predicted = segmenter.segment(image).labels
    counted = (truth != void) & (truth < len(classes))
    np.add.at(confusion, (truth[counted], predicted[counted]), 1)
accuracy = np.trace(confusion) / confusion.sum()
union = confusion.sum(0) + confusion.sum(1) - np.diag(confusion)
occurs = confusion.sum(1) > 0
mean_iou = float((np.diag(confusion)[occurs] / union[occurs]).mean())
print(f"accuracy {accuracy:.4f}, mean IoU {mean_iou:.4f} over {occurs.sum()} classes")

# %% [markdown]
# ## 5. One photo, two sizes

# %%
from core.photos.samples import SAMPLES
from core.segmentation.comparison import compare
from core.segmentation.sizes import SIZES as KNOWN_SIZES

photo = Path(PHOTO).read_bytes() if PHOTO else SAMPLES[0].path.read_bytes()
first, second = (segment_photo(segmenter, photo, KNOWN_SIZES[str(size)]) for size in SIZES)
compared = compare(first, second)
figure, axes = plt.subplots(1, 3, figsize=(15, 4))
for each, title, picture in zip(
    axes,
    ("photo", *(f"{size} pixels" for size in SIZES)),
    (first.image, *(palette[each.labels] for each in (first, second))),
    strict=True,
):
    each.imshow(picture)
    each.set_title(title)
    each.axis("off")
plt.show()
print(f"{100 * compared.share_changed:.1f} % of the pixels change their class")

# %% [markdown]
# ## 6. One pixel and its 20 neighbours

# %%
reading = first.read_pixel(*PIXEL)
print(reading.sentence())
for pixel in reading.pixels:
    mark = "<-" if pixel.chosen else ""
    print(f"({pixel.row}, {pixel.col})  {pixel.label:18} {100 * pixel.probability:5.1f} % {mark}")

# %% [markdown]
# ## 7. The app says the same
# The figures above come from this notebook's own counting, the probabilities below from its own softmax: the
# network answers for every second or fourth pixel, and between them its logits are interpolated.

# %%
from core.evaluation.evaluate import evaluate
from core.evaluation.metrics import mean_iou as app_mean_iou
from core.evaluation.metrics import pixel_accuracy

said = evaluate(segmenter, dataset)
assert np.isclose(pixel_accuracy(said.confusion), accuracy)
assert np.isclose(app_mean_iou(said.confusion), mean_iou)
assert reading.chosen.label == classes.names[first.labels[PIXEL]]
logits = torch.nn.functional.interpolate(
    torch.from_numpy(first.logits.astype(np.float32))[None],
    scale_factor=first.stride,
    mode="bilinear",
    align_corners=False,
)[0]
own = torch.stack([logits[:, pixel.row, pixel.col] for pixel in reading.pixels]).softmax(1).numpy()
assert np.allclose(own, reading.probabilities, atol=1e-4)
assert len(reading.pixels) == 21
print(f"Agreed: {100 * accuracy:.2f} % and {100 * mean_iou:.2f} %, and 21 readings.")
