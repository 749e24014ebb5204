"""In which order things are drawn, so that the nearer ones come out on top, wherever the camera is."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from core.toytown.jakarta.street import Box

Eye = tuple[float, float, float]


def drawing_order(boxes: Sequence[Box], eye: Eye) -> list[int]:
    """The numbers of the boxes, the first to be drawn first.

    What is on the camera's side of a plane is never hidden by what is beyond it (Fuchs, Kedem, Naylor, "On
    visible surface generation by a priori tree structures", 1980), and a plane divides any two boxes that do
    not overlap. Where boxes overlap or hide each other in a ring, the farther comes first.
    """
    count = len(boxes)
    if not count:
        return []
    sides = np.array(boxes)
    hides = np.ones((count, count), dtype=bool)
    np.fill_diagonal(hides, False)
    for axis in range(3):
        low, high = sides[:, 2 * axis], sides[:, 2 * axis + 1]
        apart = high[:, None] <= low[None, :] + 1e-6  # the row's box ends before the column's begins
        hides &= ~(apart & (eye[axis] > high)[:, None])
        hides &= ~(apart & (eye[axis] < low)[None, :]).T
    later = hides & ~hides.T  # [i, j]: i may hide j, and j not i: j is drawn before i
    waiting = later.sum(axis=1).tolist()
    after = [np.flatnonzero(later[:, number]).tolist() for number in range(count)]
    far = (-sides[:, 4]).tolist()
    ready = [(far[number], number) for number in range(count) if not waiting[number]]
    heapq.heapify(ready)
    left = sorted(range(count), key=lambda number: far[number])
    order: list[int] = []
    done = [False] * count
    while len(order) < count:
        number = heapq.heappop(ready)[1] if ready else next(n for n in left if not done[n])
        if done[number]:
            continue
        done[number] = True
        order.append(number)
        for follower in after[number]:
            waiting[follower] -= 1
            if waiting[follower] == 0 and not done[follower]:
                heapq.heappush(ready, (far[follower], follower))
    return order
