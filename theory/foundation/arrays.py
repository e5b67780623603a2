"""What an array may be given as, under a short name: in help, NumPy's union has 300 letters."""

from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from numpy.typing import ArrayLike as ArrayLike
else:
    ArrayLike = NewType("ArrayLike", object)
    ArrayLike.__module__ = "numpy.typing"

__all__ = ["ArrayLike"]
