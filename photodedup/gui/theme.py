"""The look: neutral greys around photos, one accent, light or dark as the system asks.

In: the application. Out: its palette and style sheet, and icons in the colours of the text.

The first window waits for this. Loading `Qt`, the name of all enums, costs a fifth of a bare window, and
`dataclasses` a fiftieth; so neither is touched before the window has shown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from photodedup.gui.resources import resource, resource_text

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QIcon, QPixmap

GRID = 8
"""Pixels: every distance is a multiple or a half of it."""


class Tones(NamedTuple):
    """The colours of one scheme, as #rrggbb."""

    window: str
    panel: str
    canvas: str
    raised: str
    line: str
    text: str
    dim: str
    accent: str
    accent_text: str
    selected: str
    danger: str
    keep: str


LIGHT = Tones(
    window="#f2f2f2",
    panel="#fafafa",
    canvas="#e4e4e4",
    raised="#ffffff",
    line="#d2d2d2",
    text="#1c1c1c",
    dim="#6a6a6a",
    accent="#1f6feb",
    accent_text="#ffffff",
    selected="#dbe7fb",
    danger="#b3261e",
    keep="#1a7f37",
)
DARK = Tones(
    window="#1e1e1e",
    panel="#242424",
    canvas="#161616",
    raised="#2e2e2e",
    line="#3c3c3c",
    text="#e8e8e8",
    dim="#9b9b9b",
    accent="#5b9dff",
    accent_text="#0b1626",
    selected="#2b3d59",
    danger="#ff8a80",
    keep="#6fd08c",
)


@lru_cache(maxsize=1)
def tones() -> Tones:
    """The colours of the scheme that is in use; kept, because every row that is painted asks for them."""
    return DARK if _is_dark() else LIGHT


def apply_theme(app: QApplication) -> None:
    """Dresses the application, now and whenever the system changes its scheme."""
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    tones.cache_clear()
    app.setPalette(_palette(tones()))
    app.setStyleSheet(_style_sheet(tones()))
    draw_icon.cache_clear()


def choose_scheme(name: str) -> None:
    """Follows the system, or stays `light` or `dark`; `apply_theme` makes it seen."""
    app = QApplication.instance()
    if name == (app.property("scheme") or ""):
        return
    from PySide6.QtCore import Qt  # noqa: PLC0415 - most people follow the system

    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    # Some desktops cannot be asked to switch, so the choice is remembered here as well.
    app.setProperty("scheme", name if name in schemes else "")
    QApplication.styleHints().setColorScheme(schemes.get(name, Qt.ColorScheme.Unknown))


def icon(name: str) -> QIcon:
    """An icon of the family in the colour of the text, paler where it is disabled."""
    from PySide6.QtGui import QIcon  # noqa: PLC0415 - the first window shows none

    drawn = QIcon()
    now = tones()
    for mode, colour in (
        (QIcon.Mode.Normal, now.text),
        (QIcon.Mode.Disabled, now.line),
        (QIcon.Mode.Selected, now.text),
    ):
        drawn.addPixmap(draw_icon(name, colour, 40), mode)
    return drawn


def fonts(font: QFont) -> tuple[QFont, QFont]:
    """A font plain and bold; kept, because every row that is painted asks for them."""
    return _fonts(font.toString())


@lru_cache(maxsize=8)
def _fonts(name: str) -> tuple[QFont, QFont]:
    from PySide6.QtGui import QFont  # noqa: PLC0415 - the first window does not wait for it

    plain, bold = QFont(), QFont()
    plain.fromString(name)
    bold.fromString(name)
    plain.setWeight(QFont.Weight.Normal)
    bold.setWeight(QFont.Weight.DemiBold)
    return plain, bold


def app_icon() -> QIcon:
    """The program's own icon."""
    from PySide6.QtGui import QIcon, QPixmap  # noqa: PLC0415

    pixmap = QPixmap()
    pixmap.loadFromData(resource("icons/photodedup.svg"))
    return QIcon(pixmap)


@lru_cache(maxsize=256)
def draw_icon(name: str, colour: str, side: int) -> QPixmap:
    """Draws an icon of the family in one colour; `side` is in device pixels."""
    from PySide6.QtCore import QByteArray, QRectF, Qt  # noqa: PLC0415 - the first window shows no icon
    from PySide6.QtGui import QPainter, QPixmap  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    svg = resource_text(f"icons/{name}.svg").replace("currentColor", colour)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap


def _is_dark() -> bool:
    app = QApplication.instance()
    chosen = app.property("scheme")
    # The style's own palette follows the system, and it is known without the enums of `Qt`.
    shade = QApplication.style().standardPalette().color(QPalette.ColorRole.Window)
    return chosen == "dark" if chosen else shade.lightness() < 128


def _palette(now: Tones) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in (
        (roles.Window, now.window),
        (roles.WindowText, now.text),
        (roles.Base, now.panel),
        (roles.AlternateBase, now.window),
        (roles.Text, now.text),
        (roles.PlaceholderText, now.dim),
        (roles.Button, now.raised),
        (roles.ButtonText, now.text),
        (roles.ToolTipBase, now.raised),
        (roles.ToolTipText, now.text),
        (roles.Highlight, now.accent),
        (roles.HighlightedText, now.accent_text),
        (roles.Link, now.accent),
        (roles.Mid, now.line),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.Text, roles.WindowText, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(now.dim))
    return palette


def _style_sheet(now: Tones) -> str:
    sheet = resource_text("style/photodedup.qss")
    for name in sorted(now._fields, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", getattr(now, name))
    return sheet
