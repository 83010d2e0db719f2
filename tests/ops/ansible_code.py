"""Python of ansible/, which lies beside its roles and in no package."""

import importlib.util
import sys
from types import ModuleType

from lib.paths import ROOT

ROLES = ROOT / "ansible" / "roles"


def load(path: str) -> ModuleType:
    """`path` is below ansible/roles, such as probe/files/probe.py."""
    file = ROLES / path
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader, path
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module
