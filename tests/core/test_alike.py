"""Similar shots by a neural network: found once, kept, shown last, never proposed, never in two groups."""

import threading

import pytest

pytest.importorskip("onnx", reason="tests make models with onnx")
pytest.importorskip("onnxruntime", reason="photodedup[model] is not installed")

from photodedup.core import alike
from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Workers
from photodedup.core.errors import WrongUseError
from photodedup.core.line import Crew, Settings, search
from photodedup.core.match import ModelChoice, likeness
from photodedup.core.match.embedding import process, showing
from photodedup.core.suggest import NO_KEEPER
from photodedup.core.values import Kind, Stage
from tests.models import tiny_model
from tests.pictures import save, scene, shots

COSINE = 0.97
KINDS = frozenset({Kind.IDENTICAL_FILE, Kind.NEAR_DUPLICATE, Kind.SIMILAR_SHOT})


@pytest.fixture
def photos(tmp_path):
    """Three groups of copies or singles as `library` makes them, and two shots of one scene on other days."""
    return shots(tmp_path / "Photos")


@pytest.fixture
def model(tmp_path):
    return tiny_model(tmp_path / "tiny.onnx", [1, 3, 32, 32])


@pytest.fixture(scope="module")
def workers():
    with Workers(2) as pool:
        yield pool


def found_in(folder, place, workers, model=None, threshold=COSINE, kinds=KINDS, tell=None):
    choice = None if model is None else ModelChoice(model, threshold)
    with Catalogue(place) as catalogue:
        return search([folder], Settings(kinds=kinds, model=choice), Crew(catalogue, workers, tell))


def names_of(found, threshold=48, kind=Kind.SIMILAR_SHOT):
    groups = found.suggest(threshold).only(kind).groups
    return [[found.library.photos[photo].path.name for photo in group] for group in groups]


def test_what_is_alike_to_the_network_is_shown_last_and_never_proposed(photos, tmp_path, workers, model):
    without = found_in(photos, tmp_path / "c.sqlite", workers)
    found = found_in(photos, tmp_path / "c.sqlite", workers, model)
    assert ["0.jpg", "1.jpg"] not in names_of(without)
    assert ["0.jpg", "1.jpg"] in names_of(found)
    assert (without.alike_from, found.alike_from) == (None, COSINE)
    shown = found.suggest(48)
    assert shown.kind.tolist() == sorted(shown.kind.tolist())
    for number in (shown.kind == Kind.SIMILAR_SHOT).nonzero()[0].tolist():
        assert shown.keeper[number] == NO_KEEPER
        assert len(shown.proposal(number)) == 0
    assert names_of(found, kind=Kind.IDENTICAL_FILE) == names_of(without, kind=Kind.IDENTICAL_FILE)
    assert len(set(shown.groups.members.tolist())) == len(shown.groups.members)


def test_the_cosine_is_the_likeness(photos, tmp_path, workers, model):
    found = found_in(photos, None, workers, model)
    one, other = (found.library.find(photos / f"Shots/{at}.jpg") for at in range(2))
    cosine = found.matches.embeddings.cosine(one, other)
    assert COSINE <= cosine <= 1
    told = likeness(found.library, found.matches, Kind.SIMILAR_SHOT, one, other)
    assert told == round(100 * cosine, 1)
    assert found.matches.embeddings.cosine(one, 10_000) is None


def test_a_second_search_shows_the_model_nothing(photos, tmp_path, workers, model, monkeypatch):
    first = found_in(photos, tmp_path / "c.sqlite", workers, model)

    def never(*_):
        raise AssertionError("the model was started")

    monkeypatch.setattr(showing, "ModelProcess", never)
    again = found_in(photos, tmp_path / "c.sqlite", workers, model)
    assert names_of(again) == names_of(first)
    lower = found_in(photos, tmp_path / "c.sqlite", workers, model, 0.5)
    assert len(lower.shots.members) > len(first.shots.members)


def test_only_new_photos_are_shown_and_all_are_told(photos, tmp_path, workers, model):
    found_in(photos, tmp_path / "c.sqlite", workers, model)
    save(scene(77), photos / "new.jpg")
    told = []
    found_in(photos, tmp_path / "c.sqlite", workers, model, tell=told.append)
    steps = [(each.done, each.total) for each in told if each.stage is Stage.EMBEDDING]
    assert steps[0][0] >= 7
    assert steps[-1] == (8, 8)


def test_photos_of_equal_content_are_shown_once_and_are_in_the_group(photos, tmp_path, workers, model):
    (photos / "Shots/again.jpg").write_bytes((photos / "Shots/0.jpg").read_bytes())
    found = found_in(photos, None, workers, model)
    group = next(group for group in found.shots if found.library.find(photos / "Shots/1.jpg") in group)
    assert {"0.jpg", "1.jpg", "again.jpg"} <= {found.library.photos[each].path.name for each in group}
    ends = [found.library.find(photos / f"Shots/{name}.jpg") for name in ("again", "1")]
    assert found.matches.embeddings.cosine(*ends) >= COSINE
    assert ["1.jpg"] not in names_of(found)


def test_a_lost_thumbnail_is_made_again(photos, tmp_path, workers, model, monkeypatch):
    found_in(photos, tmp_path / "c.sqlite", workers)
    monkeypatch.setattr(Catalogue, "thumbnail", lambda *_: None)
    found = found_in(photos, tmp_path / "c.sqlite", workers, model)
    assert ["0.jpg", "1.jpg"] in names_of(found)


def test_a_search_that_is_stopped_keeps_what_the_model_said(photos, tmp_path, workers, model, monkeypatch):
    monkeypatch.setattr(showing, "_AT_ONCE", 3)
    stop = threading.Event()

    def tell(progress):
        if progress.stage is Stage.EMBEDDING and progress.done >= 3:
            stop.set()

    monkeypatch.setattr("photodedup.core.pace.INTERVAL", 0.0)
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        settings = Settings(model=ModelChoice(model, COSINE))
        found = search([photos], settings, Crew(catalogue, workers, tell, stop))
    assert not found.complete
    assert found.alike_from is None
    assert len(found.suggest(48))
    whole = found_in(photos, tmp_path / "c.sqlite", workers, model, tell=tell)
    assert ["0.jpg", "1.jpg"] in names_of(whole)


def test_a_wrong_model_is_told_before_photos_are_read(photos, tmp_path, workers):
    (tmp_path / "wrong.onnx").write_bytes(b"no model")
    told = []
    with pytest.raises(WrongUseError, match="is no model in ONNX"):
        found_in(photos, None, workers, tmp_path / "wrong.onnx", tell=told.append)
    assert told == []


def test_without_similar_shots_no_model_is_asked(photos, tmp_path, workers):
    found = found_in(photos, None, workers, tmp_path / "none.onnx", kinds=frozenset({Kind.NEAR_DUPLICATE}))
    assert found.alike_from is None
    with Catalogue(None) as catalogue:
        assert alike.model_for(None, frozenset(Kind), catalogue, threading.Event()) is None


def test_no_photos_at_all_need_no_model_twice(tmp_path, workers, model):
    (tmp_path / "Empty").mkdir()
    found = found_in(tmp_path / "Empty", None, workers, model)
    assert (len(found.library), len(found.shots), found.complete) == (0, 0, True)


def test_the_model_runs_in_a_process_that_is_gone_afterwards(photos, tmp_path, workers, model, monkeypatch):
    started = []
    real = process._SPAWN.Process

    def noted(**arguments):
        started.append(real(**arguments))
        return started[-1]

    monkeypatch.setattr(process._SPAWN, "Process", noted)
    found_in(photos, None, workers, model)
    assert started
    assert not any(each.is_alive() for each in started)
