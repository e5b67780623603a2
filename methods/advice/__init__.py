"""Which loss, which offset, which threshold, and why: advice in which every line cites a statement."""

from .advice import Advice, Advised, Numbers, Use
from .advise import advise
from .question import METRICS, SAMPLINGS, Question
from .typed import advise_typed

__all__ = [
    "METRICS",
    "SAMPLINGS",
    "Advice",
    "Advised",
    "Numbers",
    "Question",
    "Use",
    "advise",
    "advise_typed",
]
