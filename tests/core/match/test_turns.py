import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from photodedup.core.fingerprint.look import look
from photodedup.core.match import (
    Turn,
    distance_between,
    find_matches,
    find_pairs,
    near_pairs,
    pairs_key,
    picture_candidates,
    turn_between,
)
from photodedup.core.match.turns import nearest, reach, turned
from photodedup.core.values import Kind
from tests.core.match.library import clustered, fingerprint, library_of

PICTURE_OF = {
    Turn.MIRRORED: Image.Transpose.FLIP_LEFT_RIGHT,
    Turn.HALF: Image.Transpose.ROTATE_180,
    Turn.FLIPPED: Image.Transpose.FLIP_TOP_BOTTOM,
    Turn.TRANSPOSED: Image.Transpose.TRANSPOSE,
    Turn.RIGHT: Image.Transpose.ROTATE_270,
    Turn.TRANSVERSED: Image.Transpose.TRANSVERSE,
    Turn.LEFT: Image.Transpose.ROTATE_90,
}


def turned_at_random(count, size, per_cluster, seed):
    """Distinct hashes in clusters, each turned in some way."""
    hashes = clustered(count, size, per_cluster, seed, most=0.3)
    turns = np.random.default_rng(seed).integers(0, 8, len(hashes))
    rows = [turned(row[None], Turn(turn)) for row, turn in zip(hashes, turns.tolist(), strict=True)]
    return np.unique(np.concatenate(rows), axis=0)


def by_brute_force(hashes, furthest, within):
    distance = np.full((len(hashes), len(hashes)), 999)
    far = reach(hashes, within)
    for turn in Turn:
        apart = np.bitwise_count(turned(hashes, turn)[:, None] ^ hashes[None]).sum(axis=2, dtype=np.int64)
        counts = apart <= (furthest if turn is Turn.UPRIGHT else np.minimum(far[:, None], far))
        distance = np.where(counts & (apart < distance), apart, distance)
    left, right = np.nonzero(np.triu(distance <= furthest, 1))
    found = distance[left, right]
    order = np.lexsort((right, left, found))
    return [each[order].tolist() for each in (left, right, found)]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [(32, 64, 48), (32, 32, 48), (32, 48, 48), (32, 9, 2), (32, 0, 0), (8, 16, 6), (8, 5, 5)]
    ),
    st.sampled_from([None, 20_000, 100_000, 1_000_000]),
    st.integers(0, 2**32 - 1),
    st.integers(1, 30),
    st.integers(1, 90),
)
def test_the_pairs_of_turned_hashes_are_those_of_brute_force(shape, planned_for, seed, per_cluster, count):
    size, furthest, within = shape
    hashes = turned_at_random(count, size, per_cluster, seed)
    found = near_pairs(hashes, furthest, within, plan_for=planned_for)
    assert [each.tolist() for each in found] == by_brute_force(hashes, furthest, within)


@pytest.mark.parametrize("within", range(0, 65, 3))
def test_every_radius_of_turned_pairs_is_exact(within):
    hashes = turned_at_random(150, 32, 20, within)
    found = near_pairs(hashes, 64, within, plan_for=100_000)
    assert [each.tolist() for each in found] == by_brute_force(hashes, 64, within)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.integers(-1, 256))
def test_the_distance_is_the_same_both_ways(one, other, within):
    assert nearest(one, other, within)[0] == nearest(other, one, within)[0]


@given(st.binary(min_size=32, max_size=32), st.sampled_from(list(Turn)))
def test_a_turned_hash_is_no_distance_away_and_its_turn_is_known(bits, turn):
    other = turned(np.frombuffer(bits, np.uint8)[None], turn).tobytes()
    distance, found = nearest(bits, other, 48)
    assert distance == 0
    assert turned(np.frombuffer(bits, np.uint8)[None], found).tobytes() == other


@pytest.mark.parametrize(("turn", "how"), PICTURE_OF.items())
def test_the_hash_of_a_turned_picture_is_almost_the_turned_hash(turn, how):
    rough = np.random.default_rng(5).integers(0, 256, (12, 9, 3), dtype=np.uint8)
    picture = Image.fromarray(rough).resize((400, 300), Image.Resampling.BICUBIC)
    kept = io.BytesIO()
    picture.transpose(how).save(kept, "JPEG", quality=70)
    one, other = look(picture, "phash256")[0], look(Image.open(kept), "phash256")[0]
    distance, found = nearest(one, other, 48)
    assert found is turn
    assert distance <= 16
    assert nearest(other, one, 48) == (distance, _back(turn))


def _back(turn):
    return {Turn.LEFT: Turn.RIGHT, Turn.RIGHT: Turn.LEFT}.get(turn, turn)


def test_photos_tell_their_distance_and_turn_as_the_search_does():
    hashes = turned_at_random(60, 32, 20, 3)
    prints = library_of([fingerprint(at, row.tobytes()) for at, row in enumerate(hashes)])
    library = replace(prints, turned=48)
    pairs = find_pairs(library, 64)
    for left, right, distance, upright in zip(
        pairs.left, pairs.right, pairs.distance, pairs.upright, strict=True
    ):
        assert distance_between(library, left, right) == distance
        assert distance_between(prints, left, right) == upright
        assert (turn_between(library, left, right) is Turn.UPRIGHT) == (distance == upright)
    assert (pairs.distance < pairs.upright).any()


def test_hashes_that_cannot_be_turned_are_compared_upright_only():
    hashes = turned_at_random(40, 32, 40, 1)
    found = near_pairs(hashes, 64)
    assert [each.tolist() for each in found] == by_brute_force(hashes, 64, -1)


@given(st.binary(min_size=32, max_size=32), st.sampled_from(list(Turn)))
def test_a_picture_reaches_as_far_however_it_is_turned(bits, turn):
    hashes = np.frombuffer(bits, np.uint8)[None]
    assert reach(turned(hashes, turn), 256).tolist() == reach(hashes, 256).tolist()


@pytest.mark.parametrize("size", [8, 32])
def test_one_light_in_the_dark_must_be_close_to_match_turned(size):
    side = {8: 8, 32: 16}[size]
    down, across = np.random.default_rng(4).integers(0, 2, (2, side), dtype=np.uint8)
    light = np.packbits(down[:, None] ^ across).reshape(1, size)
    scene = np.random.default_rng(5).integers(0, 256, (1, size), dtype=np.uint8)
    within = size * 8 // 5
    assert reach(np.concatenate((light, scene)), within)[0] == size * 8 // 20
    assert reach(scene, 48).tolist() == [min(48, reach(scene, 256)[0])]
    assert reach(scene, within // 2).tolist() == [within // 2]


def test_what_matches_turned_only_is_never_decoded_for_a_proof():
    bits = np.random.default_rng(6).integers(0, 256, (1, 32), dtype=np.uint8)
    other = turned(bits, Turn.RIGHT)
    prints = [fingerprint(0, bits.tobytes()), fingerprint(1, other.tobytes(), format="PNG")]
    library = replace(library_of(prints), turned=48)
    pairs = find_pairs(library, 64)
    assert (pairs.distance.tolist(), len(picture_candidates(library, pairs))) == ([0], 0)
    assert find_matches(library, 64, frozenset(Kind), pairs=pairs).distance.tolist() == [0]


def test_kept_pairs_are_not_taken_for_those_of_another_reach():
    library = library_of([fingerprint(0, bytes(32))])
    assert pairs_key(library, 64) != pairs_key(replace(library, turned=48), 64)


def test_the_turn_that_is_told_makes_one_photo_the_other():
    bits = np.random.default_rng(7).integers(0, 256, (1, 32), dtype=np.uint8)
    for turn in Turn:
        prints = [fingerprint(0, bits.tobytes()), fingerprint(1, turned(bits, turn).tobytes())]
        library = replace(library_of(prints), turned=48)
        assert (turn_between(library, 0, 1), turn_between(library, 1, 0)) == (turn, _back(turn))
    assert Turn.LEFT.label == "left"
