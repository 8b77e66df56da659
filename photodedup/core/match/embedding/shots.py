"""Joins what a neural network finds alike with the shots of one moment, so that both are one kind.

Pairs of photos of both enter; `Matches` leave, of which complete linkage makes groups: every two photos of a
group are shots of one moment, or alike to the network.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from photodedup.core.match.embedding.likest import Likest
from photodedup.core.values import Embeddings, Matches

STEPS = 10_000
"""Steps of a cosine: what is not as near as shots of one moment are follows by its cosine."""


def with_likest(shots: Matches, embeddings: Embeddings, likest: Likest) -> Matches:
    """Adds what is alike to a network to the shots of one moment.

    Args:
        shots: The shots of one moment; photos of equal content share a node.
        embeddings: The photos that the network saw.
        likest: The pairs of them that are alike to it.

    Returns:
        Matches with the distances of `shots`, and behind them 1 less the cosine in `STEPS`.
    """
    ends = [shots.node[embeddings.photos[each]] for each in (likest.left, likest.right)]
    behind = shots.furthest + 1
    apart = behind + np.rint(np.clip(1 - likest.cosine, 0, 2) * STEPS).astype(np.int32)
    left = np.concatenate((shots.left, np.minimum(*ends)))
    right = np.concatenate((shots.right, np.maximum(*ends)))
    distance = np.concatenate((shots.distance, apart))
    key = left.astype(np.int64) << 32 | right
    order = np.lexsort((distance, key))
    order = order[np.diff(key[order], prepend=-1) != 0]
    order = order[np.lexsort((key[order], distance[order]))]
    furthest = behind + ceil(max(0.0, 1 - likest.threshold) * STEPS)
    return replace(shots, left=left[order], right=right[order], distance=distance[order], furthest=furthest)
