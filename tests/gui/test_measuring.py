"""Two photos are measured on demand; a model of the person's own adds the fifth measure."""

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog

from photodedup.gui.measure_dialog import MeasureDialog
from tests.gui.edited import with_edited_copies
from tests.models import tiny_model
from tests.pictures import library, save, scene


def measured(journey) -> MeasureDialog:
    """The dialog, when the result is there."""
    dialog = journey.dialog(MeasureDialog)
    journey.until(lambda: dialog.text != "Measuring.")
    return dialog


def test_a_photo_is_measured_against_its_keeper(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.press("Down")
    journey.press("Right")
    journey.press("M")
    dialog = measured(journey)
    assert dialog.text.startswith("Near-duplicate, ")
    assert dialog.text.endswith(" % alike.")
    values = dialog.values()
    assert values.pop("network") == "no model"
    assert all(90 <= int(value.removesuffix(" %")) <= 100 for value in values.values())
    dialog.close()


def test_the_keeper_is_measured_against_the_next_photo(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.press("M")
    dialog = measured(journey)
    assert dialog.text == "Identical file."
    assert set(dialog.values().values()) == {"100 %", "no model"}
    dialog.close()


def test_a_turned_copy_says_how_it_is_turned(journey, tmp_path):
    save(scene(1), tmp_path / "a.jpg", quality=95)
    save(scene(1).rotate(-90, expand=True), tmp_path / "b.jpg", quality=80)
    journey.scan(tmp_path)
    cards = [card for card in journey.desk.review.view._cards if card.isVisible()]
    assert ", turned right, " in cards[1]._line.text()
    journey.press("Right")
    journey.press("M")
    dialog = measured(journey)
    assert "the second one is turned left" in dialog.text
    dialog.close()


def test_a_model_adds_its_measure_and_can_be_put_away(journey, tmp_path):
    model = tmp_path / "tiny.onnx"
    tiny_model(model, (1, 3, 32, 32))
    journey.scan(library(tmp_path / "Photos"))
    journey.desk.preferences._ask_model()
    chooser = journey.dialog(QFileDialog)
    chooser.fileSelected.emit(str(model))
    chooser.close()
    assert journey.desk.preferences.model == model
    journey.press("M")
    dialog = measured(journey)
    assert dialog.values()["network"] == "100 %"
    dialog.close()
    journey.desk.preferences._no_model.trigger()
    assert journey.desk.preferences.model is None
    assert not QSettings().value("compare/model")


def test_a_model_that_cannot_be_used_is_told(journey, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    QSettings().setValue("compare/model", str(tmp_path / "broken.onnx"))
    journey.scan(library(tmp_path / "Photos"))
    journey.press("M")
    dialog = measured(journey)
    assert "broken.onnx" in dialog.text
    dialog.close()


def test_an_edited_copy_is_measured_too(journey, tmp_path):
    with_edited_copies(journey, tmp_path)
    journey.press("3")
    journey.press("M")
    dialog = measured(journey)
    assert dialog.values()["ssim"].endswith(" %")
    dialog.close()
