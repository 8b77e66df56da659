"""The slider follows mouse and keys and shows its histogram."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from photodedup.gui.similarity import SimilaritySlider
from photodedup.gui.window import LEAST


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
