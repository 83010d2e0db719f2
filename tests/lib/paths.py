"""Where things are in this tree."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# STEADY_TEST_BUILD names another build folder than build/.
BUILD = Path(os.environ.get("STEADY_TEST_BUILD") or ROOT / "build").resolve()
MONGOD = ROOT / "build" / "mongod" / "mongod"
IN_CI = os.environ.get("CI") == "true"
