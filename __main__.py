"""``python -m counterpoise`` is the command line."""

from .cli import main

main()
