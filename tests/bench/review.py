"""How soon a page of 50 thumbnails is there after a scan, and whether anything was decoded a second time.

    python -m tests.bench.review [--quick]

Scans pictures that it makes, then wishes for the small pictures of 50 of them as the list does. Prints a
table and ends with one JSON line; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

PAGE = 50


def scan(folder: Path, catalogue: Path):
    """Scans a folder into a catalogue and gives its library."""
    from photodedup.core.catalogue import Catalogue
    from photodedup.core.decode import Workers
    from photodedup.core.line import Crew, Settings, search

    with Catalogue(catalogue) as opened, Workers() as workers:
        return search([folder], Settings(), Crew(opened, workers)).library


def page(library, places) -> tuple[float, int]:
    """Milliseconds until a page is there, and how many pictures had to be decoded for it."""
    from PySide6.QtCore import QEventLoop, QObject

    from photodedup.gui import work
    from photodedup.gui.thumbnails import Size, Thumbnails

    decoded = []
    view = work.read_view
    work.read_view = lambda *given: decoded.append(1) or view(*given)
    parent = QObject()
    pictures = Thumbnails(lambda stop: work.picture_loader(places, stop), parent)
    loop = QEventLoop()

    def wait_for(numbers: range) -> None:
        contents = {library.fingerprints[n].content for n in numbers}

        def came(ready: set[bytes]) -> None:
            contents.difference_update(ready)
            if not contents:
                loop.quit()

        pictures.ready.connect(came)
        for number in numbers:
            pictures.picture(library, number, Size.SMALL)
        loop.exec()
        pictures.ready.disconnect(came)

    wait_for(range(PAGE, PAGE + 1))
    begin = time.perf_counter()
    wait_for(range(PAGE))
    spent = (time.perf_counter() - begin) * 1000
    pictures.close()
    work.read_view = view
    return spent, len(decoded)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    runs = 3 if parser.parse_args().quick else 9
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from photodedup.app import make_application
    from photodedup.core.trash import trash_can
    from photodedup.gui.work import Places
    from tests.pictures import save, scene

    application = make_application()
    folder = Path(tempfile.mkdtemp())
    for number in range(PAGE + 1):
        save(scene(number, 1200, 900), folder / f"photos/{number:03}.jpg")
    places = Places(folder / "catalogue.sqlite", folder / "journal", trash_can)
    library = scan(folder / "photos", places.catalogue)
    times, decoded = zip(*(page(library, places) for _ in range(runs)), strict=True)
    spent = statistics.median(times)
    print(f"a page of {PAGE} thumbnails after a scan, median of {runs}")
    print(f"  {spent:.0f} ms, {max(decoded)} decoded a second time")
    print(json.dumps({"bench": "review", "page_ms": round(spent, 1), "decoded_again": max(decoded)}))
    del application


if __name__ == "__main__":
    main()
