"""Sizes, banned functions and words of the C code."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from check import Files, finish, lines, tracked

FUNCTION_LINES = 60
COMPLEXITY = 15
FILE_LINES = 500
COLUMNS = 80
# Of the program itself; tests may write what they know the length of.
BANNED = (
    "alloca|atoi|atol|gets|popen|s?scanf|fscanf|v?sprintf|strcat|strcpy|strtok"
    "|system"
)
CALL = re.compile(rf"(?<![\w.>])({BANNED})\s*\(")
# Tables of test data may be as long as they need to be.
LONG_FILES = re.compile(r"tests/|\.inc$")


def check(files: Files) -> list[str]:
    found = []
    for path, text in files.items():
        length = len(text.splitlines())
        if length > FILE_LINES and not LONG_FILES.match(path):
            found.append(f"{path}: {length} lines, at most {FILE_LINES}")
        if "typedef struct" in text:
            found.append(f"{path}: no typedef of structs")
    for path, number, line in lines(files):
        if len(line) > COLUMNS:
            found.append(f"{path}:{number}: over {COLUMNS} columns")
        call = CALL.search(re.sub(r"//.*|/\*.*|^ \*.*", "", line))
        if call and not path.startswith("tests/"):
            found.append(f"{path}:{number}: {call[1]} is banned")
    return found + functions(files)


def functions(files: Files) -> list[str]:
    if shutil.which("pmccabe") is None:
        sys.exit("pmccabe is missing (make lint installs it)")
    found = []
    with tempfile.TemporaryDirectory() as folder:
        # pmccabe takes files; a name without slashes brings the path back.
        names = {path.replace("/", "!"): path for path in files}
        for name, path in names.items():
            (Path(folder) / name).write_text(files[path])
        listed = subprocess.run(
            ["pmccabe", *[n for n in names if n.endswith(".c")]],
            cwd=folder,
            capture_output=True,
            text=True,
        ).stdout
    for row in listed.splitlines():
        complexity, _, _, _, length, place = row.split("\t")[:6]
        place = place.replace("!", "/")
        if int(complexity) > COMPLEXITY:
            found.append(f"{place}: complexity {complexity}")
        if int(length) > FUNCTION_LINES:
            found.append(f"{place}: {length} lines")
    return found


if __name__ == "__main__":
    long_body = "    x++;\n" * 61
    branches = "    if (x) x--;\n" * 16
    finish(
        check,
        tracked("*.c", "*.h"),
        [
            {"x.c": "int f(void)\n{\n    return system(0);\n}\n"},
            {"x.c": "typedef struct { int a; } t;\n"},
            {"x.c": "/* " + "x" * 80 + " */\n"},
            {"x.c": "int a;\n" * 501},
            {"x.c": f"void f(int x)\n{{\n{long_body}}}\n"},
            {"x.c": f"void f(int x)\n{{\n{branches}}}\n"},
        ],
    )
