"""The system's own trash, as far as it can be tried without that system."""

from photodedup.core import trash as room
from photodedup.core.journal import batches
from photodedup.core.trash import FreedesktopTrash, NativeTrash, move_to_trash, trash_can
from photodedup.core.undo import put_back
from tests.core.trash.library import pair, tree


def test_every_platform_has_its_trash(monkeypatch):
    assert isinstance(trash_can(), FreedesktopTrash)
    for platform in ("win32", "darwin"):
        monkeypatch.setattr(room.sys, "platform", platform)
        assert isinstance(trash_can(), NativeTrash)


def mover(bin_folder):
    def move(path):
        bin_folder.mkdir(exist_ok=True)
        return path.rename(bin_folder / path.name)

    return move


def test_a_mover_that_says_where_the_photo_went_can_be_undone(tmp_path):
    made = pair(tmp_path / "library")
    before = tree(tmp_path / "library")
    can = NativeTrash(mover(tmp_path / "bin"))
    can.check(made.photo.path)
    report = move_to_trash([made], tmp_path / "journal", can)
    assert report.moved == (made.photo.path,)
    assert put_back(tmp_path / "journal").moved == (made.photo.path,)
    assert tree(tmp_path / "library") == before


def test_a_mover_that_does_not_say_where_is_told_by_undo(tmp_path):
    made = pair(tmp_path / "library")
    move = mover(tmp_path / "bin")
    report = move_to_trash([made], tmp_path / "journal", NativeTrash(lambda path: move(path) and None))
    assert report.moved == (made.photo.path,)
    back = put_back(tmp_path / "journal")
    assert [failure.sentence for failure in back.failures] == [
        "The system did not say where it moved IMG_1.jpg. Open the system's trash and restore it there."
    ]


def test_a_mover_that_does_nothing_is_caught(tmp_path):
    made = pair(tmp_path / "library")
    report = move_to_trash([made], tmp_path / "journal", NativeTrash(lambda _: None))
    assert report.moved == ()
    assert "was not moved, though the system says so. It stays where it is." in report.failures[0].sentence


def test_a_mover_that_fails_halfway_leaves_the_intent_open(tmp_path):
    made = pair(tmp_path / "library")
    move = mover(tmp_path / "bin")

    def broken(path):
        move(path)
        raise OSError(5, "broken")

    report = move_to_trash([made], tmp_path / "journal", NativeTrash(broken))
    assert report.moved == ()
    assert "It is not in its place" in report.failures[0].sentence
    assert batches(tmp_path / "journal")[0].restorable


def test_a_keeper_that_changes_before_the_move_stops_it(tmp_path):
    made = pair(tmp_path / "library")

    class Can(NativeTrash):
        def reserve(self, proof):
            made.keeper.path.write_bytes(b"changed")
            return super().reserve(proof)

    report = move_to_trash([made], tmp_path / "journal", Can(mover(tmp_path / "bin")))
    assert "has changed since the scan" in report.failures[0].sentence
    assert made.photo.path.exists()
