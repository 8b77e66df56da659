"""The walk tells every file once, in order, and never raises."""

import os
import stat
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

from photodedup.core.errors import WrongUseError
from photodedup.core.scan import Walk, check_folders, exclusions, look
from photodedup.core.values import Photo, SkipReason


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def photos(*folders: Path) -> list[Path]:
    return [found.path for found in look(folders).photos]


def reasons(*folders: Path) -> dict[Path, SkipReason]:
    return {found.path: found.reason for found in look(folders).skipped}


def test_photos_come_sorted_by_the_bytes_of_their_names(tmp_path):
    made = [put(tmp_path / name) for name in ("b.jpg", "B.jpg", "é.jpg", "a/z.png", "a/A.webp")]
    expected = [made[1], made[4], made[3], made[0], made[2]]
    assert photos(tmp_path) == expected
    assert photos(tmp_path) == expected


def test_a_photo_carries_what_the_disk_said(tmp_path):
    path = put(tmp_path / "one.heic", b"four")
    status = path.stat()
    assert list(look([tmp_path]).photos) == [Photo(path, 4, status.st_mtime_ns, status.st_dev, status.st_ino)]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_odd_names_are_carried_whole(tmp_path):
    names = [b"no\xffutf8.jpg", b"new\nline.jpg", b"-rf.jpg", "🏖️.jpg".encode()]
    for name in names:
        put(tmp_path / os.fsdecode(name))
    assert [os.fsencode(path.name) for path in photos(tmp_path)] == sorted(names)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".hidden.jpg", SkipReason.HIDDEN),
        ("._IMG_1.JPG", SkipReason.HIDDEN),
        ("text.txt", SkipReason.NOT_A_PICTURE),
        ("none", SkipReason.NOT_A_PICTURE),
        ("IMG_1.jpg_original", SkipReason.NOT_A_PICTURE),
        ("layers.PSD", SkipReason.UNSUPPORTED_FORMAT),
        ("film.MOV", SkipReason.UNSUPPORTED_FORMAT),
        ("next.jxl", SkipReason.UNSUPPORTED_FORMAT),
    ],
)
def test_a_file_that_is_no_photo_has_a_reason(tmp_path, name, reason):
    put(tmp_path / name)
    (found,) = look([tmp_path]).skipped
    assert (found.reason, found.detail[-1]) == (reason, ".")


def test_an_empty_file_is_skipped_as_empty(tmp_path):
    assert reasons(put(tmp_path / "zero.jpg", b"").parent) == {tmp_path / "zero.jpg": SkipReason.EMPTY}


def test_special_files_and_links_are_never_followed(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    outside = put(tmp_path / "outside" / "real.jpg").parent
    root = tmp_path / "root"
    root.mkdir()
    (root / "device.jpg").symlink_to("/dev/zero")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    assert set(reasons(root).values()) == {SkipReason.LINK}
    assert reasons(tmp_path)[tmp_path / "pipe.jpg"] is SkipReason.SPECIAL_FILE


@pytest.mark.parametrize(
    "name",
    [
        ".Trash-1000",
        "$RECYCLE.BIN",
        "#recycle",
        "@Recycle",
        ".dtrash",
        "@eaDir",
        ".thumbnails",
        "iPod Photo Cache",
        "Catalog Previews.lrdata",
        ".git",
        "System Volume Information",
        "lost+found",
        "Fotos.photoslibrary",
    ],
)
def test_a_left_out_folder_is_one_value(tmp_path, name):
    put(tmp_path / name / "deep" / "a.jpg")
    put(tmp_path / name / "b.jpg")
    assert reasons(tmp_path) == {tmp_path / name: SkipReason.LEFT_OUT_FOLDER}
    assert photos(tmp_path) == []


def test_the_home_trash_is_left_out_but_not_every_folder_called_trash(tmp_path):
    put(tmp_path / "share" / "Trash" / "files" / "a.jpg")
    (tmp_path / "share" / "Trash" / "info").mkdir()
    plain = put(tmp_path / "art" / "Trash" / "b.jpg")
    assert photos(tmp_path) == [plain]


def test_a_hidden_root_is_scanned_when_it_is_named(tmp_path):
    path = put(tmp_path / ".hidden" / "a.jpg")
    assert photos(tmp_path / ".hidden") == [path]


@pytest.mark.parametrize("name", [".Trash-1000/files", "My.photoslibrary/originals"])
def test_nothing_in_a_trash_or_a_library_of_another_program_is_a_photo_even_when_named(tmp_path, name):
    root = put(tmp_path / name / "a.jpg").parent
    assert reasons(root) == {root: SkipReason.LEFT_OUT_FOLDER}


def test_a_hard_link_is_the_same_file(tmp_path):
    first = put(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").hardlink_to(first)
    looked = look([tmp_path])
    (photo,), (skipped,) = looked.photos, looked.skipped
    assert (photo.path, skipped.reason) == (first, SkipReason.SAME_FILE)
    assert str(first) in skipped.detail


def test_overlapping_roots_give_each_file_once(tmp_path):
    put(tmp_path / "sub" / "a.jpg")
    put(tmp_path / "b.jpg")
    link = tmp_path.parent / (tmp_path.name + "-link")
    link.symlink_to(tmp_path)
    for roots in (
        [tmp_path, tmp_path / "sub"],
        [tmp_path / "sub", tmp_path],
        [tmp_path, link],
        [tmp_path] * 2,
    ):
        found = photos(*roots)
        assert sorted(found) == [tmp_path / "b.jpg", tmp_path / "sub" / "a.jpg"]
        assert SkipReason.SAME_FILE in reasons(*roots).values()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_a_value(tmp_path):
    closed = put(tmp_path / "closed" / "a.jpg").parent
    closed.chmod(0)
    try:
        assert reasons(tmp_path) == {closed: SkipReason.UNREADABLE}
    finally:
        closed.chmod(0o755)


def test_a_folder_that_vanishes_is_a_value(tmp_path):
    put(tmp_path / "a.jpg")
    put(tmp_path / "b" / "c.jpg")
    stream = Walk(Event()).run([tmp_path])
    assert next(stream).names == [b"a.jpg"]
    (tmp_path / "b" / "c.jpg").unlink()
    (tmp_path / "b").rmdir()
    assert [found.reason for found in stream] == [SkipReason.VANISHED]


def test_a_root_that_is_gone_is_a_value_too(tmp_path):
    assert reasons(tmp_path / "gone") == {tmp_path / "gone": SkipReason.VANISHED}


def test_a_tree_deeper_than_the_stack_is_walked(tmp_path):
    folder = tmp_path
    for _ in range(300):
        folder = folder / "d"
    path = put(folder / "deep.jpg")
    assert photos(tmp_path) == [path]


def test_stop_ends_the_walk(tmp_path):
    for number in range(10):
        put(tmp_path / f"{number}" / "a.jpg")
    stop = Event()
    stream = Walk(stop).run([tmp_path])
    next(stream)
    stop.set()
    assert len(list(stream)) <= 1


def test_what_may_be_a_photo_comes_sorted_by_path_in_whatever_order_folders_are_named(tmp_path):
    names = ["a-b.jpg", "a/z.jpg", "a/b/c.jpg", "a/c.jpg", "b/1.JPG", "b/2.Jpg", "b.jpg", "c/x.jpg"]
    for name in names:
        put(tmp_path / name)
    put(tmp_path / "b" / "hidden.txt")
    expected = sorted((tmp_path / name for name in names), key=os.fsencode)
    assert photos(tmp_path) == expected
    assert photos(tmp_path / "c", tmp_path / "b", tmp_path) == expected


def test_progress_counts_every_file_and_folder_once(tmp_path):
    for name in ("a.jpg", "b/c.jpg", "b/d.txt", "b/.e.jpg"):
        put(tmp_path / name)
    steps = []
    look([tmp_path], step=lambda folder, count, skipped: steps.append((folder, count, skipped)))
    assert sum(count for _, count, _ in steps) == 4
    assert sum(skipped for _, _, skipped in steps) == 2
    assert {folder for folder, _, _ in steps} == {tmp_path, tmp_path / "b"}


def test_wrong_folders_are_told_before_anything(tmp_path):
    with pytest.raises(WrongUseError, match="gone"):
        check_folders([tmp_path, tmp_path / "gone"])
    with pytest.raises(WrongUseError, match="is a file"):
        check_folders([put(tmp_path / "a.jpg")])
    with pytest.raises(WrongUseError, match="at least one"):
        check_folders([])
    assert check_folders([tmp_path / "."]) == [tmp_path.resolve()]


def test_placeholders_and_hidden_attributes_are_recognised():
    def status(**fields):
        return SimpleNamespace(st_mode=stat.S_IFREG, **fields)

    assert exclusions.not_downloaded(status(st_file_attributes=0x400000))
    assert exclusions.not_downloaded(status(st_flags=0x40000000))
    assert not exclusions.not_downloaded(status(st_file_attributes=0x20, st_flags=0))
    assert exclusions.hidden("a", status(st_file_attributes=0x2))
    assert exclusions.hidden("a", status(st_flags=0x8000))
    assert not exclusions.hidden("a", status(st_flags=0))


@pytest.mark.parametrize(
    "odd", [".hidden.jpg", "empty.jpg", "notes.txt", "pipe.jpg", "folder.jpg", "link.jpg"]
)
def test_one_odd_thing_among_very_many_photos_costs_none_of_them(tmp_path, odd):
    made = [put(tmp_path / f"{name}{number:03}.jpg") for name in ("a", "z") for number in range(150)]
    strange, inside = tmp_path / odd, tmp_path / "folder.jpg" / "inside.jpg"
    if odd == "pipe.jpg":
        os.mkfifo(strange)
    elif odd == "link.jpg":
        strange.symlink_to(made[0])
    elif odd == "folder.jpg":
        put(inside)
    else:
        put(strange, b"" if odd == "empty.jpg" else b"x")
    expected = sorted([*made, inside]) if odd == "folder.jpg" else made
    assert photos(tmp_path) == expected
    assert list(reasons(tmp_path)) == ([] if odd == "folder.jpg" else [strange])
