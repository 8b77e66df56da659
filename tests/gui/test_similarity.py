"""The slider follows mouse and keys and shows its histogram."""

import threading

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from photodedup.core import found
from photodedup.gui.move_dialogs import MoveDialog, ReportDialog
from photodedup.gui.opened import make_ready
from photodedup.gui.similarity import SimilaritySlider
from photodedup.gui.window import LEAST
from tests.pictures import library


def test_a_click_sets_the_value_under_it(qt):
    slider = SimilaritySlider()
    slider.resize(300, 40)
    slider.show()
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(150, 20))
    assert slider.value() == 32


def test_the_arrow_keys_move_it_by_one(qt):
    slider = SimilaritySlider()
    slider.setValue(48)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 49


def test_it_goes_as_far_as_the_histogram(qt):
    slider = SimilaritySlider()
    slider.show_counts([3, 2, 2, 1, 0])
    assert slider.maximum() == 4


def test_bars_are_painted_where_there_are_groups(qt):
    slider = SimilaritySlider()
    slider.resize(300, 40)
    empty = slider.grab().toImage()
    slider.show_counts([5] * 65)
    assert slider.grab().toImage() != empty


def test_the_bar_fits_the_narrowest_window(journey):
    assert journey.desk.bar.minimumSizeHint().width() <= LEAST.width()


def test_the_histogram_and_all_counts_follow_a_move_and_its_undo(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    slider, session = journey.desk.bar.similarity.slider, journey.desk.session
    before, bars = slider._counts, slider.grab().toImage()
    assert max(before) == 2
    journey.press("Enter")
    journey.desk.moves.ask()
    journey.click(journey.dialog(MoveDialog), "Move to trash")
    report = journey.dialog(ReportDialog)
    journey.until(lambda: slider._counts != before)
    assert slider._counts == session.found.counts_without(session.gone).tolist()
    assert (max(slider._counts), journey.desk.bar.similarity.text) == (1, "48 bits: 1 group")
    assert journey.desk.review.kinds.buttons[None].accessibleName() == "All groups: 1"
    journey.click(report, "Undo")
    journey.until(lambda: slider._counts == before and not journey.desk.moves.busy)
    journey.click(journey.dialog(ReportDialog), "Close")
    assert slider.grab().toImage() == bars
    assert journey.desk.bar.similarity.text == "48 bits: 2 groups"


def test_what_was_counted_before_another_scan_came_to_its_end_is_thrown_away(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    session = journey.desk.session
    counted = []
    session.histogram_changed.connect(lambda: counted.append(list(session.histogram)))
    session.take_away(session.paths(session.group()[1:]))
    session.scan_begins()
    session.show_found(make_ready(session.found, {}))
    (counting,) = [each for each in journey.desk.scans.threads if each.objectName() == "count"]
    journey.until(lambda: all(job.over.is_set() for job in counting._submitted))
    assert counted == []
    assert list(session.histogram) == list(session.found.counts)


def test_the_start_page_tells_what_is_left_after_a_move(journey, tmp_path):
    journey.scan(library(tmp_path / "Photos"))
    journey.move_proposals()
    slider = journey.desk.bar.similarity.slider
    journey.until(lambda: max(slider._counts) == 0)
    said = journey.desk.review.view._nothing
    assert said.text() == "No copies are left among 4 photos, at any similarity."
    assert said.isVisible()
    journey.window.show_start()
    name = "Continue Photos, 4 photos, 0 groups"
    journey.until(
        lambda: name in [each.accessibleName() for each in journey.window.findChildren(QPushButton)]
    )


def test_nothing_that_the_slider_needs_is_computed_in_the_windows_thread(journey, tmp_path, monkeypatch):
    measure, threads = found.measure, []

    def measured(photos, among):
        threads.extend([threading.current_thread()] * bool(len(photos)))
        return measure(photos, among=among)

    monkeypatch.setattr(found, "measure", measured)
    journey.scan(library(tmp_path / "Photos"))
    assert threads
    assert threading.main_thread() not in threads
