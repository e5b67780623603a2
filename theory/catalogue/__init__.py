"""Every statement by name: verdicts, the table of contents, generated false neighbours."""

from .catalogue import *
from .contents import *
from .mutation import *
from .verdicts import *
