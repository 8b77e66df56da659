"""No photo moves without a proof, and nothing that is not true at this moment is proven."""

import errno
import os
from contextlib import ExitStack
from dataclasses import replace

import pytest

from photodedup.core.errors import TrashError
from photodedup.core.trash import proof as room
from photodedup.core.trash.proof import Proof, content_at, prove
from photodedup.core.values import Kind
from tests.core.trash.library import pair, put, removal


def refusal(removal):
    with pytest.raises(TrashError) as caught, prove(removal):
        pass
    return str(caught.value)


def test_what_the_scan_saw_is_proven(tmp_path):
    made = pair(tmp_path)
    with prove(made) as proof:
        proof.check_places()
        assert proof.removal is made
        assert proof.path == made.photo.path
        assert proof.is_photo(made.photo.path)
        assert not proof.is_photo(made.keeper.path.parent)
        assert not proof.is_photo(tmp_path / "missing")


def test_a_proof_cannot_be_made_by_hand(tmp_path):
    with pytest.raises(TypeError):
        Proof(object(), pair(tmp_path), 0, 0, ExitStack())


@pytest.mark.parametrize("which", ["photo", "keeper"])
@pytest.mark.parametrize("kind", list(Kind))
def test_changed_bytes_are_refused_even_under_the_old_time_and_size(tmp_path, which, kind):
    made = replace(pair(tmp_path), kind=kind)
    put(getattr(made, which).path, b"b photo")
    assert "Scan again." in refusal(made)
    assert made.photo.path.exists()


@pytest.mark.parametrize("kind", list(Kind))
def test_both_changed_alike_are_refused(tmp_path, kind):
    made = replace(pair(tmp_path), kind=kind)
    put(made.photo.path, b"b photo")
    put(made.keeper.path, b"b photo")
    expected = "IMG_1.jpg has changed since the scan. It stays where it is. Scan again."
    assert refusal(made) == expected


def test_identical_files_are_compared_byte_by_byte(tmp_path, monkeypatch):
    made = pair(tmp_path)
    liar = removal(made.photo.path, put(made.keeper.path, b"b photo"))
    liar = replace(liar, keeper=replace(liar.keeper, content=liar.photo.content))
    assert "though the plan calls them identical" in refusal(liar)


def test_a_keeper_that_is_longer_is_not_identical(tmp_path):
    made = removal(put(tmp_path / "a", b"photo"), put(tmp_path / "b", b"photo and more"))
    assert "though the plan calls them identical" in refusal(made)


def test_a_keeper_that_differs_is_fine_for_near_duplicates(tmp_path):
    made = removal(put(tmp_path / "a", b"photo"), put(tmp_path / "b", b"larger"), Kind.NEAR_DUPLICATE)
    with prove(made) as proof:
        assert proof.keeper_stands()


def test_a_keeper_read_in_small_pieces_is_still_compared(tmp_path, monkeypatch):
    made = pair(tmp_path, content=bytes(range(100)))
    real, sizes = os.read, iter([1000, 7, 1000] + [1000] * 10)
    monkeypatch.setattr(room.os, "read", lambda fd, size: real(fd, min(size, next(sizes))))
    with prove(made) as proof:
        assert proof.keeper_stands()


@pytest.mark.parametrize("which", ["photo", "keeper"])
@pytest.mark.parametrize("change", ["time", "size", "gone", "link", "folder", "pipe", "copy"])
def test_anything_else_in_the_place_is_refused(tmp_path, which, change):
    made = pair(tmp_path)
    path = getattr(made, which).path
    kept = path.with_name("away")
    if change == "time":
        os.utime(path, ns=(1, 1))
    elif change == "size":
        put(path, b"a photo and more")
    else:
        path.rename(kept)
        {
            "gone": lambda: None,
            "link": lambda: path.symlink_to(kept),
            "folder": path.mkdir,
            "pipe": lambda: os.mkfifo(path),
            "copy": lambda: put(path, b"a photo"),
        }[change]()
    sentence = refusal(made)
    assert "IMG_1.jpg" in sentence
    assert ("keeper" in sentence) == (which == "keeper")


def test_one_file_under_two_names_is_no_pair(tmp_path):
    made = pair(tmp_path)
    made.keeper.path.unlink()
    os.link(made.photo.path, made.keeper.path)
    linked = removal(made.photo.path, made.keeper.path)
    assert "one file under two names" in refusal(linked)


def test_one_file_through_a_linked_folder_is_no_pair(tmp_path):
    made = pair(tmp_path)
    (tmp_path / "door").symlink_to(tmp_path / "copies")
    assert "one file under two names" in refusal(removal(made.photo.path, tmp_path / "door" / "IMG_1.jpg"))


def test_another_device_number_alone_is_accepted(tmp_path):
    made = pair(tmp_path)
    moved = replace(made, photo=replace(made.photo, device=99), keeper=replace(made.keeper, device=99))
    with prove(moved) as proof:
        assert proof.is_at(made.photo.path)


@pytest.mark.parametrize("which", ["photo", "keeper"])
def test_an_exchange_after_the_proof_is_seen_before_the_move(tmp_path, which):
    made = pair(tmp_path)
    path = getattr(made, which).path
    with prove(made) as proof:
        path.rename(path.with_name("away"))
        put(path, b"a photo")
        with pytest.raises(TrashError, match="has changed since the scan"):
            proof.check_places()


@pytest.mark.parametrize("which", ["photo", "keeper"])
def test_an_exchange_of_the_whole_folder_is_seen_before_the_move(tmp_path, which):
    made = pair(tmp_path)
    path = getattr(made, which).path
    with prove(made) as proof:
        path.parent.rename(tmp_path / "away")
        put(path, b"a photo")
        with pytest.raises(TrashError, match="has changed since the scan"):
            proof.check_places()


@pytest.mark.parametrize("which", ["photo", "keeper"])
def test_an_edit_after_the_reading_is_seen_even_when_its_time_is_set_back(tmp_path, which):
    made = pair(tmp_path)
    path = getattr(made, which).path
    with prove(made) as proof:
        # Where the clock of the file system ticks slowly, an edit shows at the next tick.
        while path.stat().st_ctime_ns == getattr(proof, which).st_ctime_ns:
            put(path, b"b photo")
        with pytest.raises(TrashError, match="has changed since the scan"):
            proof.check_places()


def test_a_change_between_the_look_and_the_opening_is_seen(tmp_path, monkeypatch):
    made = pair(tmp_path)
    real = os.open

    def late(path, *args):
        monkeypatch.setattr(room.os, "open", real)
        put(made.photo.path, b"a photo and more")
        return real(path, *args)

    monkeypatch.setattr(room.os, "open", late)
    assert "has changed since the scan" in refusal(made)


@pytest.mark.parametrize("which", ["photo", "keeper"])
def test_a_file_that_cannot_be_opened_is_refused(tmp_path, monkeypatch, which):
    made = pair(tmp_path)
    real = os.open

    def broken(path, *args):
        if path == getattr(made, which).path:
            raise OSError(errno.EIO, "broken")
        return real(path, *args)

    monkeypatch.setattr(room.os, "open", broken)
    assert "cannot be read: the disk reported an error" in refusal(made)


def test_a_disk_that_fails_while_reading_is_told(tmp_path, monkeypatch):
    made = pair(tmp_path)

    def broken(*args):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(room.os, "read", broken)
    assert refusal(made).startswith("IMG_1.jpg cannot be read: the disk reported an error.")


def test_the_photo_is_known_by_its_bytes_where_its_number_changed(tmp_path):
    made = pair(tmp_path)
    with prove(made) as proof:
        assert proof.is_photo(put(tmp_path / "overlay", b"a photo"))
        assert not proof.is_photo(put(tmp_path / "other", b"b photo"))
        assert not proof.is_at(tmp_path / "overlay")


def test_content_is_not_read_through_a_link(tmp_path):
    put(tmp_path / "a", b"1")
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        content_at(tmp_path / "link")


def test_a_proof_can_let_go_early(tmp_path):
    made = pair(tmp_path)
    with prove(made) as proof:
        descriptors = proof._descriptors
        proof.let_go()
        for descriptor in descriptors:
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(descriptor)
