"""Stands in for setuptools' module of this name in the image.

Of it supervisord 4.2 uses this one class, to find the functions that its
configuration names; the whole would take 12 MB of memory and a tenth of a
second at each start. (supervisor 4.3 does without it.)
"""

import importlib
from typing import Any


class EntryPoint:
    """`name=module:attribute`"""

    def __init__(self, module: str, attribute: str) -> None:
        self.module = module
        self.attribute = attribute

    @classmethod
    def parse(cls, text: str) -> "EntryPoint":
        module, _, attribute = text.partition("=")[2].partition(":")
        return cls(module.strip(), attribute.strip())

    def resolve(self) -> Any:
        return getattr(importlib.import_module(self.module), self.attribute)
