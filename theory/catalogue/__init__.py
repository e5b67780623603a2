"""Every statement by name: verdicts, the table of contents, generated false neighbours."""

from .attacks import *
from .catalogue import *
from .contents import *
from .kernel import *
from .mutation import *
from .printed import *
from .scores import *
from .selecting import *
from .shown import *
from .verdicts import *
