"""Both ends of a file as one number, equal for equal files in every process, and None where there is none."""

import os
import subprocess
import sys

import pytest

from photodedup.core.fingerprint.ends import END, ends_of


def number(path):
    return ends_of([(os.fsencode(path), path.stat().st_size)])[0]


@pytest.mark.parametrize("size", [1, END, END + 1, 2 * END, 5 * END])
def test_equal_files_have_equal_numbers_and_each_end_counts(tmp_path, size):
    content = bytes(index % 251 for index in range(size))
    paths = [tmp_path / name for name in ("one", "same", "first", "last")]
    others = (content, content, b"\xff" + content[1:], content[:-1] + b"\xfe")
    for path, what in zip(paths, others, strict=True):
        path.write_bytes(what)
    one, same, first, last = map(number, paths)
    assert one == same
    assert len({one, first, last}) == 3
    assert 0 <= one < 1 << 63


def test_other_processes_give_the_same_number(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(bytes(2 * END))
    use = "from photodedup.core.fingerprint.ends import ends_of"
    code = f"import sys; {use}; print(ends_of([(sys.argv[1], 8192)]))"
    said = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == f"[{number(path)}]"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no links that everybody may make")
def test_links_and_files_that_are_gone_have_no_number(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    files = [(os.fsencode(tmp_path / name), 1) for name in ("link", "gone", "a")]
    assert [each is None for each in ends_of(files)] == [True, True, False]
