"""The trash of Linux desktops, to the letter of the specification."""

import configparser
import errno
import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photodedup.core.errors import TrashError
from photodedup.core.trash import freedesktop, volume
from photodedup.core.trash.freedesktop import FreedesktopTrash, home_trash
from photodedup.core.trash.proof import prove
from tests.core.trash.library import pair, put, removal, trash

UID = str(os.geteuid())
names = st.binary(min_size=1, max_size=255).filter(
    lambda name: not set(name) & set(b"/\0") and name not in {b".", b".."}
)
no_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only folders")


def refusal(made):
    can = FreedesktopTrash()
    with prove(made) as proof, pytest.raises(TrashError) as caught:
        can.reserve(proof)
    assert made.photo.path.exists()
    return str(caught.value)


def record(info):
    parser = configparser.RawConfigParser()
    parser.optionxform = str
    parser.read_string(info.read_text("ascii"))
    return dict(parser["Trash Info"])


@pytest.fixture
def top(second, monkeypatch):
    """The second volume, seen as if `second` were its topmost folder."""
    monkeypatch.setattr(freedesktop, "top_of", lambda _: second)
    return second


def test_a_photo_of_the_home_volume_goes_to_the_home_trash(data_home, tmp_path):
    made = pair(tmp_path)
    inode = made.photo.inode
    slot = trash(made)
    assert slot.place == data_home / "Trash" / "files" / "IMG_1.jpg"
    assert slot.info == data_home / "Trash" / "info" / "IMG_1.jpg.trashinfo"
    assert slot.place.stat().st_ino == inode
    assert not made.photo.path.exists()
    assert (data_home / "Trash").stat().st_mode & 0o777 == 0o700


def test_the_record_is_what_the_specification_wants(data_home, tmp_path):
    slot = trash(pair(tmp_path, "été 100%.jpg"))
    assert slot.info.read_bytes() == slot.info_text
    assert slot.info_text.startswith(b"[Trash Info]\n")
    told = record(slot.info)
    assert told["Path"] == f"{tmp_path}/copies/%C3%A9t%C3%A9%20100%25.jpg".replace(" ", "%20")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", told["DeletionDate"])
    assert abs(datetime.now() - datetime.fromisoformat(told["DeletionDate"])) < timedelta(minutes=5)


@given(names)
def test_any_name_comes_back_from_the_record(name):
    told = re.search(rb"^Path=(.*)$", freedesktop._info_text(Path(os.fsdecode(b"/p/" + name))), re.MULTILINE)
    assert unquote_to_bytes(told[1]) == b"/p/" + name


@given(names, st.integers(2, 10**9))
def test_names_are_cut_to_fit_and_end_like_their_extension(name, number):
    suffix = b".%d" % number
    fitted = freedesktop._fitted(name, suffix, 245)
    assert len(fitted) <= 245
    assert suffix in fitted
    whole = freedesktop._fitted(name, b"", 10**6)
    assert whole == name


@given(
    st.text(min_size=1, max_size=120).filter(lambda name: not set(name) & set("/\0.") and name.isprintable())
)
def test_names_are_not_cut_within_a_letter(name):
    fitted = freedesktop._fitted(name.encode() + b".jpg", b".2", 40)
    assert fitted.decode().endswith(".2.jpg")


def test_bytes_that_are_no_letters_are_cut_where_they_must():
    assert freedesktop._fitted(b"\x80" * 100, b"", 40) == b"\x80" * 37
    assert freedesktop._fitted(b"\x80" * 10, b".2", 4) == b".2"
    assert freedesktop._fitted(b"a." + b"x" * 100, b".2", 40) == b"a." + b"x" * 36 + b".2"


@pytest.mark.parametrize(
    "name",
    ["-rf", "new\nline.jpg", "📷.jpg", os.fsdecode(b"\xff\xfe.jpg"), "x" * 251 + ".jpg", ".hidden", "a."],
)
def test_odd_names_move(data_home, tmp_path, name):
    slot = trash(pair(tmp_path, name))
    told = re.search(rb"^Path=(.*)$", slot.info_text, re.MULTILINE)[1]
    assert unquote_to_bytes(told) == os.fsencode(tmp_path / "copies" / name)
    assert slot.place.read_bytes() == b"a photo"
    assert os.fsencode(slot.info.name) == os.fsencode(slot.place.name) + b".trashinfo"


def test_photos_of_one_name_never_meet(data_home, tmp_path):
    slots = [trash(pair(tmp_path / str(number), content=b"%d" % number)) for number in range(25)]
    assert [slot.place.name for slot in slots[:3]] == ["IMG_1.jpg", "IMG_1.2.jpg", "IMG_1.3.jpg"]
    assert [slot.place.read_bytes() for slot in slots] == [b"%d" % number for number in range(25)]


def test_a_file_without_a_record_keeps_its_place_in_the_trash(data_home, tmp_path):
    orphan = put(data_home / "Trash" / "files" / "IMG_1.jpg", b"orphan")
    assert trash(pair(tmp_path)).place.name == "IMG_1.2.jpg"
    assert orphan.read_bytes() == b"orphan"


def test_a_record_of_others_keeps_its_name(data_home, tmp_path):
    theirs = put(data_home / "Trash" / "info" / "IMG_1.jpg.trashinfo", b"theirs")
    assert trash(pair(tmp_path)).place.name == "IMG_1.2.jpg"
    assert theirs.read_bytes() == b"theirs"


def test_a_trash_without_a_free_name_is_refused(data_home, tmp_path, monkeypatch):
    monkeypatch.setattr(freedesktop, "_reserved", lambda _: False)
    assert "no free name" in refusal(pair(tmp_path))


def test_a_record_can_be_taken_back_and_only_ours(data_home, tmp_path):
    can = FreedesktopTrash()
    with prove(pair(tmp_path)) as proof:
        slot = can.reserve(proof)
        can.release(slot)
        assert not slot.info.exists()
        put(slot.info, b"theirs")
        can.release(slot)
    assert slot.info.read_bytes() == b"theirs"


def test_a_full_disk_is_told_and_leaves_no_record(data_home, tmp_path, breaker):
    trash(pair(tmp_path / "first"))
    breaker.fail(errno.ENOSPC, "write")
    assert "the disk is full" in refusal(pair(tmp_path))
    assert len(os.listdir(data_home / "Trash" / "info")) == 1


def test_a_trash_that_cannot_be_made_is_told(data_home, tmp_path, breaker):
    breaker.fail(errno.EACCES, "mkdir")
    expected = (
        f"IMG_1.jpg cannot be moved to a trash: {data_home}/Trash cannot be made: the folder is read-only. "
        "It stays where it is."
    )
    assert refusal(pair(tmp_path)) == expected


@pytest.mark.parametrize("part", ["", "files", "info"])
def test_a_linked_trash_folder_is_refused(data_home, tmp_path, part):
    real = tmp_path / "elsewhere"
    real.mkdir()
    link = data_home / "Trash" / part
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(real)
    assert "is not a real folder, which is not safe" in refusal(pair(tmp_path))
    assert os.listdir(real) in ([], ["files"])


def test_a_trash_of_another_volume_is_refused(data_home, tmp_path, second):
    (data_home / "Trash").mkdir()
    elsewhere = volume.volume_of(second)
    assert freedesktop._trouble(data_home / "Trash", elsewhere, owned=False).endswith("is on another volume")


@no_root
def test_a_read_only_trash_is_refused(data_home, tmp_path):
    (data_home / "Trash" / "files").mkdir(parents=True)
    (data_home / "Trash" / "files").chmod(0o555)
    assert "is read-only" in refusal(pair(tmp_path))


def test_a_trash_that_the_system_calls_read_only_is_refused(data_home, tmp_path, monkeypatch):
    made = pair(tmp_path)
    monkeypatch.setattr(freedesktop.os, "access", lambda *_: False)
    assert refusal(made).endswith("Trash is read-only. It stays where it is.")
    shutil.rmtree(data_home / "Trash")
    with pytest.raises(TrashError, match="data home is read-only"):
        FreedesktopTrash().check(made.photo.path)


def test_a_photo_whose_folder_vanished_is_told(data_home, tmp_path):
    with pytest.raises(TrashError, match="no longer there"):
        FreedesktopTrash().check(tmp_path / "gone" / "a.jpg")


def test_looking_for_a_trash_changes_nothing(data_home, tmp_path):
    made = pair(tmp_path)
    FreedesktopTrash().check(made.photo.path)
    assert os.listdir(data_home) == []
    trash(made)
    FreedesktopTrash().check(made.keeper.path)


@pytest.mark.parametrize("value", ["", "relative/folder"])
def test_without_a_usable_setting_the_trash_is_below_the_home_folder(monkeypatch, tmp_path, value):
    monkeypatch.setenv("XDG_DATA_HOME", value)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_trash() == tmp_path / ".local" / "share" / "Trash"


def test_another_volume_has_its_own_trash_and_relative_paths(top):
    slot = trash(pair(top, "ä.jpg"))
    assert slot.place == top / f".Trash-{UID}" / "files" / "ä.jpg"
    assert record(slot.info)["Path"] == "copies/%C3%A4.jpg"
    assert (top / f".Trash-{UID}").stat().st_mode & 0o777 == 0o700


def test_a_linked_folder_leads_to_the_trash_of_its_volume(top, tmp_path):
    made = pair(top)
    (tmp_path / "door").symlink_to(top / "copies")
    through = removal(tmp_path / "door" / "IMG_1.jpg", made.keeper.path)
    slot = trash(through)
    assert slot.place.is_relative_to(top)
    assert record(slot.info)["Path"] == "copies/IMG_1.jpg"


def test_a_sticky_shared_trash_comes_first(top):
    (top / ".Trash").mkdir()
    (top / ".Trash").chmod(0o1777)
    slot = trash(pair(top))
    assert slot.place == top / ".Trash" / UID / "files" / "IMG_1.jpg"
    assert record(slot.info)["Path"] == "copies/IMG_1.jpg"


@pytest.mark.parametrize("flaw", ["not sticky", "link", "file", "unusable"])
def test_a_shared_trash_that_is_not_safe_is_passed_over(top, flaw):
    shared = top / ".Trash"
    if flaw == "link":
        (top / "real").mkdir()
        (top / "real").chmod(0o1777)
        shared.symlink_to("real")
    elif flaw == "file":
        shared.touch()
    else:
        shared.mkdir()
        shared.chmod(0o1777 if flaw == "unusable" else 0o777)
    if flaw == "unusable":
        (shared / UID).symlink_to(top)
    assert trash(pair(top)).place.parent.parent == top / f".Trash-{UID}"


def test_a_linked_own_trash_is_refused(top):
    (top / "real").mkdir()
    (top / f".Trash-{UID}").symlink_to("real")
    assert "is not a real folder" in refusal(pair(top))


def test_a_trash_of_somebody_else_is_refused(top, monkeypatch):
    own = top / f".Trash-{UID}"
    own.mkdir()
    if os.geteuid() == 0:
        os.chown(own, 1, 1)
    else:
        monkeypatch.setattr(freedesktop.os, "geteuid", lambda: os.getuid() + 1)
        own.rename(top / f".Trash-{os.geteuid()}")
    assert "belongs to somebody else" in refusal(pair(top))


def test_a_photo_never_leaves_its_volume(data_home, second, tmp_path, breaker):
    made = pair(tmp_path)
    can = FreedesktopTrash()
    with prove(made) as proof:
        slot = can.reserve(proof)
        breaker.fail(errno.EXDEV, "rename_exclusively")
        with pytest.raises(OSError) as caught:
            can.move(slot)
    assert caught.value.errno == errno.EXDEV
    assert "link" not in breaker.calls
    assert made.photo.path.exists()


def test_a_limit_that_is_not_told_is_that_of_most_volumes(tmp_path):
    assert freedesktop._limit(tmp_path / "missing") == 245
    assert freedesktop._limit(tmp_path) <= 245
