"""Where photodedup keeps what it remembers, as each platform wants it.

Nothing enters; paths leave. Nothing is made here.
"""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_dir


def default_catalogue() -> Path:
    """The catalogue's file; its thumbnails lie beside it."""
    return _home() / "catalogue.sqlite"


def journal_folder() -> Path:
    """The folder of the journal, on which undo rests."""
    return _home() / "journal"


def service_store() -> Path:
    """The file of the service, with all its indexes."""
    return _home() / "service.sqlite"


def _home() -> Path:
    return Path(user_data_dir("photodedup", appauthor=False, roaming=False))


def beside(catalogue: Path, name: str) -> Path:
    """The file that lies beside a catalogue and holds what would make it large."""
    return catalogue.with_name(f"{catalogue.stem}-{name}.sqlite")
