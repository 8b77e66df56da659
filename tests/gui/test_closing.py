"""The window can be closed at any moment, whatever hangs; a move finishes the photo at hand if it can."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from photodedup.core.catalogue import Catalogue, default_catalogue
from photodedup.core.decode import task
from photodedup.core.trash import move_to_trash
from photodedup.core.values import Failure, Mark
from photodedup.gui import closing, work
from photodedup.gui.background import Job
from photodedup.gui.move_dialogs import MoveDialog, ReportDialog
from tests.pictures import large_photos, library

LIMIT = 1.2
"""Seconds that closing may take; a fifth of it for a machine that does other things too."""


def test_closing_during_a_scan_ends_everything(journey, tmp_path):
    folder = large_photos(tmp_path / "Photos", 200)
    journey.window.scan([folder])
    journey.until(lambda: journey.desk.strip.text.startswith("Reading"))
    journey.window.close()
    assert not journey.window.isVisible()
    assert not journey.desk.scans._thread.isRunning()


@pytest.fixture
def moving(journey, tmp_path, monkeypatch):
    """A move that waits at a gate before its first photo; gives the gate, and what shall become of it."""
    gate = threading.Event()

    def slowly(*arguments):
        gate.wait(30)
        report = move_to_trash(*arguments)
        return replace(report, failures=failures)

    failures = []
    monkeypatch.setattr(work, "move_to_trash", slowly)
    journey.scan(library(tmp_path / "Photos"))
    journey.mark_proposals()
    journey.desk.moves.ask()
    journey.click(journey.dialog(MoveDialog), "Move to trash")
    journey.until(lambda: journey.desk.moves.moving)
    yield gate, failures
    gate.set()


def test_closing_during_a_move_waits_until_it_has_stopped(journey, tmp_path, moving, monkeypatch):
    monkeypatch.setattr(closing, "MOVING", 20.0)
    journey.window.close()
    assert journey.window.isVisible()
    assert "closes when that has stopped" in journey.desk.review.footer.text
    journey.window.close()
    assert journey.window.isVisible()
    moving[0].set()
    journey.until(lambda: not journey.window.isVisible())
    assert (tmp_path / "Photos/Messenger/received.jpg").exists()
    assert not journey.window.findChildren(ReportDialog)


def test_what_failed_in_a_move_is_told_before_the_window_closes(journey, moving):
    moving[1].append(Failure(Path("/photos/a.jpg"), "a.jpg stays: it is in use."))
    journey.window.close()
    moving[0].set()
    report = journey.dialog(ReportDialog)
    assert journey.window.isVisible()
    report.close()
    journey.window.close()
    assert not journey.window.isVisible()


def test_a_move_that_hangs_does_not_keep_the_window(journey, moving):
    began = time.monotonic()
    journey.window.close()
    journey.until(lambda: not journey.window.isVisible(), 5)
    assert time.monotonic() - began < LIMIT
    assert journey.desk.moves._moving.isRunning()


def test_jobs_that_hang_do_not_keep_the_window_and_say_nothing_afterwards(journey):
    gate, heard = threading.Event(), []
    desk = journey.desk
    threads = [desk._reading, *desk.scans.threads, *desk.finding.threads, *desk.moves.threads]
    jobs = [Job(lambda _: gate.wait(30)) for _ in threads]
    for thread, job in zip(threads, jobs, strict=True):
        job.done.connect(heard.append)
        thread.submit(job)
    began = time.monotonic()
    journey.window.close()
    assert time.monotonic() - began < LIMIT
    assert not journey.window.isVisible()
    gate.set()
    journey.until(lambda: not any(thread.isRunning() for thread in threads))
    assert heard == []


def test_pictures_that_hang_do_not_keep_the_window(journey, tmp_path, monkeypatch):
    folder, gate, hangs = library(tmp_path / "Photos"), threading.Event(), threading.Event()
    real = task.os.open
    journey.scan(folder)

    def hang(path, *more, **named):
        if str(path).endswith(".jpg"):
            hangs.set()
            gate.wait(30)
        return real(path, *more, **named)

    monkeypatch.setattr(task.os, "open", hang)
    journey.desk.thumbnails._cache.clear()
    journey.press("Down")
    journey.until(hangs.is_set)
    began = time.monotonic()
    journey.window.close()
    assert time.monotonic() - began < LIMIT
    assert not any(thread.isRunning() for thread in journey.desk.thumbnails.threads)
    gate.set()


def test_marks_are_kept_though_another_job_hangs(journey, tmp_path):
    gate = threading.Event()
    journey.scan(library(tmp_path / "Photos"))
    journey.desk._reading.submit(Job(lambda _: gate.wait(30)))
    journey.press("X")
    journey.window.close()
    gate.set()
    with Catalogue(default_catalogue()) as catalogue:
        assert [mark for _, mark in catalogue.load_marks().values()] == [Mark.TRASH]
