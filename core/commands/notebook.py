"""The command that writes the article's walk as a notebook."""

from __future__ import annotations

from pathlib import Path

import click

from core.commands.refusal import tell


@click.command()
@click.argument("path", metavar="NAME", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--data", type=click.Path(path_type=Path), help="A data set's folder.  [default: Toytown, drawn]"
)
@click.option("--photo", type=click.Path(path_type=Path), help="The photo to segment.")
@click.option(
    "--full", is_flag=True, help="The article's own network, epochs and batches: days on two cores."
)
@click.option("--replace", is_flag=True, help="Write over a notebook of that name.")
def notebook(path: Path, data: Path | None, photo: Path | None, full: bool, replace: bool) -> None:
    """Write the article's walk as the Jupyter notebook NAME.

    Data, lr_find, four stages, one photo at two sizes, 21 pixels; its last cell checks that the app says the
    same. Its second cell has what you may change.
    """
    from core.notebooks.writing import Value, write_notebook

    path = path if path.suffix else path.with_suffix(".ipynb")
    chosen: dict[str, Value] = {}
    if data is not None:
        chosen["DATA"] = str(data.absolute())
    if photo is not None:
        chosen["PHOTO"] = str(photo.absolute())
    if full:
        chosen |= {"NETWORK": "unet_resnet34", "EPOCHS": None, "BATCHES": None, "BATCH_SIZE": None}
    write_notebook(path, chosen, replace=replace)
    tell(f"{path} is written; open it with Jupyter, with this folder's .venv as its kernel.")


COMMANDS = (notebook,)
