"""Whose document it is: the name, the two colours and the logo that a portfolio asks for, or ours."""

from __future__ import annotations

from dataclasses import dataclass

from riskkit.exhibits.theme import LIGHT


@dataclass(frozen=True)
class Brand:
    """What a document bears of its author. `logo` is a PNG or an SVG image, as bytes; empty is none."""

    author: str = ""
    accent: str = LIGHT.accent
    contrast: str = LIGHT.contrast
    logo: bytes = b""

    @property
    def logo_kind(self) -> str:
        """`png`, `svg`, or empty without a logo."""
        if not self.logo:
            return ""
        return "png" if self.logo.startswith(b"\x89PNG") else "svg"


def logo_png(brand: Brand, *, width_px: int = 640) -> bytes:
    """The logo as a PNG, for files that hold no SVG: an SVG is drawn, by the typesetter of the report."""
    if brand.logo_kind != "svg":
        return brand.logo
    import tempfile
    from pathlib import Path

    import typst

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "logo.svg").write_bytes(brand.logo)
        page = f'#set page(width: {width_px}pt, height: auto, margin: 0pt, fill: none)\n#image("logo.svg", width: 100%)'
        (home / "logo.typ").write_text(page, encoding="utf-8")
        drawn: bytes = typst.compile(str(home / "logo.typ"), root=str(home), format="png", ppi=72)
    return drawn
