"""The drawer keeps a few large results and lets the oldest go."""

from photodedup.core.catalogue import Catalogue


def test_what_was_put_comes_back_after_a_restart_and_newer_replaces_it(tmp_path):
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.drawer.put(b"key", b"old")
        catalogue.drawer.put(b"key", b"new")
    with Catalogue(tmp_path / "c.sqlite") as catalogue:
        assert catalogue.drawer.get(b"key") == b"new"
        assert catalogue.drawer.get(b"other") is None


def test_the_oldest_go():
    with Catalogue(None) as catalogue:
        for number in range(10):
            catalogue.drawer.put(bytes([number]), bytes([number]) * 100)
        kept = [number for number in range(10) if catalogue.drawer.get(bytes([number])) is not None]
    assert kept == [4, 5, 6, 7, 8, 9]
