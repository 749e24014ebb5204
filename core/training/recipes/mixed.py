"""The data sets that a recipe mixes into its run's own, and how much each of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
ClassName = Annotated[str, Field(min_length=1, max_length=100)]
LabelSets = dict[ClassName, Annotated[tuple[ClassName, ...], Field(min_length=1, max_length=254)]]
"""For a data set's label the network's classes that it may be."""


class Mix(BaseModel):
    """A data set that is mixed into every batch. The page shows each setting's description beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Annotated[str, Field(pattern=r"^[^/\\\x00-\x1f]{1,100}$")] = Field(
        description="The data set's name in the data folder; its training pictures are mixed in."
    )
    share: Annotated[float, Field(gt=0, lt=1)] = Field(
        description="Its share of every batch, in whole pictures; the run's own data set has the rest."
    )
    loss_weight: Weight = Field(
        1.0, description="How much its labels count in the loss, beside those of the run's own pictures."
    )
    augmentation: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="How much its pictures are changed at random, 0 to 1; if not given, as in the stage.",
    )
    inside: Weight = Field(
        0.0,
        description="The weight of a second loss, which asks only which class it is of those that the run's "
        "own labels do not tell apart: drawn pictures then teach the difference and leave the rest alone.",
    )
    sets: LabelSets = Field(
        default_factory=dict,
        description="For its labels the network's classes that they may be, where that is not what their "
        "names and groups say.",
    )


def pictures_of_each(batch_size: int, mixed: Sequence[Mix]) -> tuple[int, ...]:
    """How many pictures of a batch the run's own data set has, and each that is mixed in; at least one.

    The first number is what the others leave: too large a share leaves none, or less.
    """
    others = [max(1, int(each.share * batch_size + 0.5)) for each in mixed]
    return batch_size - sum(others), *others
