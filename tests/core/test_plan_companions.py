"""A plan takes the companions of its photos along, or refuses the photo."""

import os
import threading

import pytest

from photodedup.core.errors import NoKeeperError, StoppedError, WrongUseError
from photodedup.core.plan import Plan, check_companions, read_plan, with_companions, write_plan
from photodedup.core.scan import exclusions
from photodedup.core.values import Pairs, Role, Stage
from tests.core.trash.library import put, removal


def plan_of(folder, *names, files=None, keepers="kept"):
    """A plan that removes some photos of `copies`, each for the one of the same name in `kept`."""
    for path, content in (files or {}).items():
        put(folder / path, content)
    removals = [
        removal(put(folder / "copies" / n, n.encode()), put(folder / keepers / n, n.encode())) for n in names
    ]
    return Plan(tuple(removals))


def companions(plan):
    return {
        each.photo.path.name: [companion.file.path.name for companion in each.companions]
        for each in plan.removals
    }


def sentences(plan):
    return [each.sentence for each in plan.refusals]


def test_sidecars_go_with_their_photo(tmp_path):
    files = {f"copies/{name}": b"x" for name in ("1.xmp", "1.JPG.xmp", "1.JPG.json", "1.aae", "2.xmp")}
    plan = with_companions(plan_of(tmp_path, "1.JPG", files=files))
    assert companions(plan) == {"1.JPG": ["1.JPG.json", "1.JPG.xmp", "1.aae", "1.xmp"]}
    assert [each.role for each in plan.removals[0].companions] == [Role.TAKEOUT, Role.XMP, Role.AAE, Role.XMP]
    assert (plan.companions, plan.size, plan.pairs) == (4, 5 + 4, Pairs.TOGETHER)


@pytest.mark.parametrize("name", ["1.CR2", "1.MOV"])
def test_a_picture_goes_only_with_a_copy_beside_the_keeper(tmp_path, name):
    both = {f"copies/{name}": b"raw", f"kept/{name}": b"raw"}
    plan = with_companions(plan_of(tmp_path, "1.JPG", files=both))
    assert companions(plan) == {"1.JPG": [name]}
    assert plan.removals[0].companions[0].copy.path == tmp_path / "kept" / name


@pytest.mark.parametrize("other", [None, b"war", b"raw, but longer"])
def test_a_picture_without_a_copy_keeps_its_photo(tmp_path, other):
    files = {"copies/1.CR2": b"raw", "copies/1.xmp": b"x"} | ({"kept/1.CR2": other} if other else {})
    plan = with_companions(plan_of(tmp_path, "1.JPG", files=files))
    assert plan.removals == ()
    assert sentences(plan) == ["1.JPG stays: its raw photo 1.CR2 has no copy beside kept/1.JPG."]


def test_a_raw_photo_under_two_names_is_no_copy_of_itself(tmp_path):
    put(tmp_path / "copies/1.CR2", b"raw")
    (tmp_path / "kept").mkdir()
    os.link(tmp_path / "copies/1.CR2", tmp_path / "kept/1.CR2")
    plan = with_companions(plan_of(tmp_path, "1.JPG"))
    assert sentences(plan) == ["1.JPG stays: its raw photo 1.CR2 has no copy beside kept/1.JPG."]


def test_the_raw_photo_can_stay_while_its_jpeg_goes(tmp_path):
    files = {f"copies/{name}": b"x" for name in ("1.CR2", "1.xmp", "1.CR2.xmp", "1.JPG.xmp")}
    plan = with_companions(plan_of(tmp_path, "1.JPG", files=files), Pairs.PHOTO_ONLY)
    assert companions(plan) == {"1.JPG": ["1.JPG.xmp"]}
    assert plan.refusals == ()


def test_the_raw_photo_can_go_while_its_jpeg_stays(tmp_path):
    files = {f"copies/{name}": b"x" for name in ("1.CR2", "1.xmp", "1.CR2.xmp", "2.CR2")}
    files |= {"kept/1.CR2": b"x", "copies/3.xmp": b"x"}
    plan = with_companions(plan_of(tmp_path, "1.JPG", "2.JPG", "3.JPG", files=files), Pairs.RAW_ONLY)
    assert companions(plan) == {"1.CR2": ["1.CR2.xmp"], "3.JPG": ["3.xmp"]}
    assert plan.removals[0].keeper.path == tmp_path / "kept/1.CR2"
    assert sentences(plan) == ["2.CR2 stays: it has no copy beside kept/2.JPG."]


def test_a_raw_photo_that_another_photo_needs_stays(tmp_path):
    files = {"copies/1.CR2": b"x", "kept/1.CR2": b"x", "copies/1.HEIC": b"heic"}
    plan = with_companions(plan_of(tmp_path, "1.JPG", files=files), Pairs.RAW_ONLY)
    assert sentences(plan) == ["1.CR2 stays: it belongs to 1.HEIC as well."]
    both = with_companions(plan_of(tmp_path, "1.JPG", "1.HEIC", files=files), Pairs.RAW_ONLY)
    assert companions(both) == {"1.CR2": []}
    assert companions(with_companions(plan_of(tmp_path, "1.JPG"))) == {"1.JPG": []}


def test_a_sidecar_of_a_photo_that_stays_stays(tmp_path):
    files = {"copies/1.xmp": b"x", "copies/1.PNG": b"png"}
    assert companions(with_companions(plan_of(tmp_path, "1.JPG", files=files))) == {"1.JPG": []}
    both = with_companions(plan_of(tmp_path, "1.JPG", "1.PNG", files=files))
    assert companions(both) == {"1.JPG": [], "1.PNG": ["1.xmp"]}
    assert both.removals[1].companions[0].shared == (tmp_path / "copies/1.JPG",)


def test_a_sidecar_that_a_film_may_need_stays_with_the_film(tmp_path):
    files = {"copies/1.xmp": b"x", "copies/1.MOV": b"film", "kept/1.MOV": b"film", "copies/2.xmp": b"x"}
    plan = plan_of(tmp_path, "1.JPG", "2.JPG", files=files | {"copies/2.avi": b"film"})
    assert companions(with_companions(plan)) == {"1.JPG": ["1.MOV", "1.xmp"], "2.JPG": []}
    assert companions(with_companions(plan, Pairs.PHOTO_ONLY)) == {"1.JPG": [], "2.JPG": []}


def test_a_sidecar_of_a_photo_that_is_refused_stays_too(tmp_path):
    files = {"copies/1.xmp": b"x", "copies/1.MOV": b"film", "copies/1.xmp.txt": b"x"}
    plan = with_companions(plan_of(tmp_path, "1.PNG", "1.JPG", files=files))
    assert companions(plan) == {"1.PNG": []}
    assert sentences(plan) == ["1.JPG stays: its film 1.MOV has no copy beside kept/1.JPG."]


def test_nothing_is_paired_across_folders(tmp_path):
    files = {"elsewhere/1.CR2": b"raw", "elsewhere/1.xmp": b"x", "kept/1.xmp": b"x"}
    assert companions(with_companions(plan_of(tmp_path, "1.JPG", files=files))) == {"1.JPG": []}


def test_links_and_folders_are_no_companions(tmp_path):
    put(tmp_path / "elsewhere/notes", b"x")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies/1.xmp").symlink_to(tmp_path / "elsewhere/notes")
    (tmp_path / "copies/1.aae").mkdir()
    assert companions(with_companions(plan_of(tmp_path, "1.JPG"))) == {"1.JPG": []}


def test_what_cannot_be_read_keeps_its_photo(tmp_path, monkeypatch):
    plan = plan_of(tmp_path, "1.JPG", "2.JPG", files={"copies/1.xmp": b"x", "copies/2.xmp": b"y"})
    real = os.read

    def read(descriptor, size):
        if os.path.samestat(os.fstat(descriptor), (tmp_path / "copies/1.xmp").stat()):
            raise OSError(5, "broken")
        return real(descriptor, size)

    monkeypatch.setattr(os, "read", read)
    found = with_companions(plan)
    assert companions(found) == {"2.JPG": ["2.xmp"]}
    assert sentences(found) == [
        "1.JPG stays: its companion 1.xmp cannot be read: the disk reported an error."
    ]


def test_a_companion_in_the_cloud_or_in_change_keeps_its_photo(tmp_path, monkeypatch):
    plan = plan_of(tmp_path, "1.JPG", files={"copies/1.xmp": b"x"})
    with monkeypatch.context() as patch:
        patch.setattr("photodedup.core.plan.companions.not_downloaded", lambda _: True)
        assert "is only in the cloud; download it first." in sentences(with_companions(plan))[0]
    real = os.read

    def read(descriptor, size):
        found = real(descriptor, size)
        if found == b"x":
            put(tmp_path / "copies/1.xmp", b"longer")
        return found

    monkeypatch.setattr(os, "read", read)
    assert "1.xmp is being changed. Scan again." in sentences(with_companions(plan))[0]
    assert exclusions.not_downloaded(tmp_path.stat()) is False


def test_a_folder_that_has_gone_keeps_its_photos(tmp_path):
    plan = plan_of(tmp_path, "1.JPG", files={"copies/1.CR2": b"raw", "kept/1.CR2": b"raw"})
    (tmp_path / "kept").rename(tmp_path / "away")
    assert "has no copy beside kept/1.JPG" in sentences(with_companions(plan))[0]
    (tmp_path / "copies").rename(tmp_path / "gone")
    expected = "1.JPG stays: its folder cannot be read: it is no longer there."
    assert sentences(with_companions(plan)) == [expected]


def test_a_companion_that_vanishes_meanwhile_keeps_its_photo(tmp_path, monkeypatch):
    plan = plan_of(tmp_path, "1.JPG", files={"copies/1.CR2": b"raw", "kept/1.CR2": b"raw"})
    real = os.lstat

    def lstat(path, **more):
        if str(path).endswith(".CR2"):
            raise FileNotFoundError(2, "gone")
        return real(path, **more)

    monkeypatch.setattr(os, "lstat", lstat)
    assert "its companion 1.CR2 cannot be read: it is no longer there." in sentences(with_companions(plan))[0]


@pytest.mark.parametrize("pairs", list(Pairs))
def test_it_can_be_stopped_and_says_how_far_it_is(tmp_path, pairs):
    plan = plan_of(tmp_path, "1.JPG", files={"copies/1.CR2": b"raw", "kept/1.CR2": b"raw"})
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        with_companions(plan, pairs, stop=stop)
    told = []
    with_companions(plan, pairs, told.append)
    assert {each.stage for each in told} == {Stage.GATHERING}


def test_a_plan_with_companions_is_read_as_it_was_written(tmp_path):
    files = {"copies/1.xmp": b"x", "copies/1.CR2": b"raw", "kept/1.CR2": b"raw"}
    plan = with_companions(plan_of(tmp_path, "1.JPG", "1.PNG", files=files))
    assert plan.companions == 2
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    assert check_companions(plan) == plan


def test_a_plan_that_knows_no_companions_is_completed_before_it_runs(tmp_path):
    plan = plan_of(tmp_path, "1.JPG", "2.JPG", files={"copies/1.xmp": b"x", "copies/2.CR2": b"raw"})
    write_plan(plan, tmp_path / "plan.json")
    old = read_plan(tmp_path / "plan.json")
    assert old.pairs is None
    checked = check_companions(old)
    assert companions(checked) == {"1.JPG": ["1.xmp"]}
    assert sentences(checked) == ["2.JPG stays: its raw photo 2.CR2 has no copy beside kept/2.JPG."]


@pytest.mark.parametrize("change", ["more", "fewer"])
def test_a_photo_beside_which_something_changed_stays(tmp_path, change):
    plan = with_companions(plan_of(tmp_path, "1.JPG", "2.JPG", files={"copies/1.xmp": b"x"}))
    if change == "more":
        put(tmp_path / "copies/1.aae", b"x")
    else:
        (tmp_path / "copies/1.xmp").unlink()
    checked = check_companions(plan)
    assert companions(checked) == {"2.JPG": []}
    assert sentences(checked) == [
        "1.JPG stays: the files beside it are others than when the plan was made. Make a new plan."
    ]


def test_a_folder_that_cannot_be_listed_any_more_keeps_its_photos(tmp_path, monkeypatch):
    plan = with_companions(plan_of(tmp_path, "1.JPG"))
    put(tmp_path / "copies/1.CR2", b"raw")

    def scandir(folder):
        raise PermissionError(13, "no", str(folder))

    monkeypatch.setattr(os, "scandir", scandir)
    checked = check_companions(plan)
    assert checked.removals == ()
    assert sentences(checked) == ["1.JPG stays: its folder cannot be read: you are not allowed to read it."]


def altered(tmp_path, old, new):
    files = {"copies/1.xmp": b"x", "copies/1.CR2": b"raw", "kept/1.CR2": b"raw"}
    path = tmp_path / "plan.json"
    write_plan(with_companions(plan_of(tmp_path, "1.JPG", "2.JPG", files=files)), path)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return path


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("copies/1.xmp", "copies/2.JPG", WrongUseError),
        ("copies/1.xmp", "elsewhere/1.xmp", WrongUseError),
        ('"role": "raw"', '"role": "xmp"', WrongUseError),
        ('"role": "raw"', '"role": "other"', WrongUseError),
        ("kept/1.CR2", "copies/2.JPG", NoKeeperError),
        ("copies/1.CR2", "copies/2.JPG", NoKeeperError),
    ],
)
def test_a_plan_that_was_altered_to_lose_a_picture_is_refused(tmp_path, old, new, error):
    with pytest.raises(error):
        read_plan(altered(tmp_path, old, new))


def test_the_companions_of_the_corpus_go_with_their_photos(corpus, tmp_path):
    for place in ("copies", "kept"):
        for path in sorted((corpus / "companions").rglob("*.*")):
            put(tmp_path / place / path.name, path.read_bytes())
    photos = [tmp_path / "copies" / name for name in ("thompson-springs.jpg", "train.jpg")]
    made = Plan(tuple(removal(path, tmp_path / "kept" / path.name) for path in photos))
    assert companions(with_companions(made)) == {
        "thompson-springs.jpg": ["thompson-springs.jpg.xmp"],
        "train.jpg": ["train.mov"],
    }
