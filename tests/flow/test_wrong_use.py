"""Wrong use of the command line: one clear sentence, exit code 2, and nothing else."""

import os
from pathlib import Path

import pytest

from photodedup.cli import run_command
from tests.flow.running import photodedup


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["scan", "/no/such/folder"], "/no/such/folder"),
        (["scan"], "FOLDER"),
        (["scan", ".", "--threshold", "65"], "--threshold goes up to 64 bits with phash256, not 65."),
        (["scan", ".", "--threshold", "-1"], "--threshold"),
        (["scan", ".", "--threshold", "many"], "takes a whole number of bits"),
        (["scan", ".", "--hash", "md5"], "md5"),
        (["scan", ".", "--kinds", "twins"], "'twins' is no kind"),
        (["scan", ".", "--jobs", "0"], "--jobs takes a whole number, 1 or more"),
        (["scan", ".", "--catalogue", "x", "--no-catalogue"], "not allowed with"),
        (["trash", "/no/such/plan"], "cannot be read"),
        (["trash", __file__], "is not a plan"),
        (["--wrong"], "--wrong"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(tmp_path, arguments, sentence):
    result = photodedup(*arguments, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert result.returncode == 2, result.stdout
    assert sentence in result.stderr
    assert result.stderr.startswith("photodedup")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["scan"], "the following arguments are required: FOLDER. See: photodedup scan --help"),
        (["trash"], "the following arguments are required: PLAN. See: photodedup trash --help"),
        (
            ["scan", ".", "--jobs", "x"],
            "--jobs takes a whole number, 1 or more, not 'x'. See: photodedup scan --help",
        ),
        (["history", "--odd"], "unrecognized arguments: --odd. See: photodedup --help"),
        (
            ["undo", "no-such-batch"],
            "There is no batch no-such-batch in the history. See: photodedup history",
        ),
    ],
)
def test_wrong_use_is_one_sentence_and_nothing_else(capsys, arguments, sentence):
    assert run_command(arguments) == 2
    assert capsys.readouterr() == ("", f"photodedup: {sentence}\n")


def test_undo_without_any_batch_is_told(capsys):
    assert run_command(["undo"]) == 1
    assert capsys.readouterr() == ("", "photodedup: There is nothing to put back.\n")
