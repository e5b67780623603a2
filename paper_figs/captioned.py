"""A figure together with what is said about it: its name, title, finding, and how it is read.

Every figure module returns one; the report prints the caption, a saved file carries it inside, and
those who do not see the figure are told its title and its finding.
"""

from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from . import style

__all__ = ["CaptionedFigure"]


@dataclass(frozen=True)
class CaptionedFigure:
    """A drawn figure that knows its name, its title and its caption.

    ``finding`` gives the numbers that matter, computed from the data it was drawn from; ``reading``
    defines what is drawn.
    """

    name: str
    title: str
    finding: str
    reading: str
    figure: Figure

    def __post_init__(self) -> None:
        self.figure.set_label(self.title)

    @property
    def caption(self) -> str:
        """What stands under the figure."""
        return f"{self.finding} {self.reading}"

    @property
    def alternative(self) -> str:
        """What the figure says, for those who do not see it."""
        return f"{self.title}. {self.finding}"

    def svg(self) -> str:
        """An inline ``<svg>`` element for a page, see `style.to_svg`; the caption is not in it."""
        return style.to_svg(self.figure, label=self.alternative)

    def save(self, path: Path | str) -> None:
        """Write svg, png or pdf by the suffix of ``path``, the caption inside, see `style.save`."""
        style.save(self.figure, path, self.caption)
