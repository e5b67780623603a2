"""A figure together with what is said about it: name, title, and a caption with measured numbers.

Every figure module returns one; the report prints the caption, a saved file carries it inside.
"""

from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from . import style

__all__ = ["CaptionedFigure"]


@dataclass(frozen=True)
class CaptionedFigure:
    """A drawn figure that knows its name, its title and its caption.

    ``title`` is for those who do not see the figure; ``caption`` says how to read it and gives the
    numbers that matter, computed from the data it was drawn from.
    """

    name: str
    title: str
    caption: str
    figure: Figure

    def __post_init__(self) -> None:
        self.figure.set_label(self.title)

    def svg(self) -> str:
        """An inline ``<svg>`` element for a page, see `style.to_svg`; the caption is not in it."""
        return style.to_svg(self.figure)

    def save(self, path: Path | str) -> None:
        """Write svg, png or pdf by the suffix of ``path``, the caption inside, see `style.save`."""
        style.save(self.figure, path, self.caption)
