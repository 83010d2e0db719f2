"""gcc's analyser and clang-tidy find nothing in the C code. A file is looked
at again when it, or a header of it, has changed."""

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from check import BUILD, ROOT, Files, compile_flags, finish

SOURCE = ROOT / "fcgi-app/src"
SETTINGS = ROOT / "fcgi-app/.clang-tidy"
STAMPS = BUILD / "lint"
# The whole depth takes minutes, and gcc goes deep already.
SHALLOW = ["-Xclang", "-analyzer-config", "-Xclang", "mode=shallow"]


def commands(file: Path) -> list[list[str | Path]]:
    flags = compile_flags()
    return [
        ["gcc", "-O2", "-fanalyzer", "-Werror", *flags]
        + ["-c", file, "-o", "/dev/null"],
        ["clang-tidy", "--quiet", f"--config-file={SETTINGS}"]
        + [f"--extra-arg={flag}" for flag in SHALLOW]
        + [file, "--", *flags],
    ]


def analyse(file: Path) -> list[str]:
    """What each of the two says."""
    said = []
    for command in commands(file):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            said.append(done.stdout + done.stderr)
    return said


def is_known(file: Path, stamp: Path) -> bool:
    """Was it clean, and all that it includes the same?"""
    listed = BUILD / "obj" / file.relative_to(ROOT).with_suffix(".d")
    if not stamp.exists() or not listed.exists():
        return False
    words = listed.read_text().replace("\\\n", " ").split()
    read = [ROOT / word for word in words if not word.endswith(":")]
    read += [SETTINGS, Path(__file__)]
    newest = max(path.stat().st_mtime for path in read)
    return newest < stamp.stat().st_mtime


def analyse_again(file: Path) -> list[str]:
    stamp = STAMPS / file.relative_to(SOURCE).with_suffix(".clean")
    if is_known(file, stamp):
        return []
    said = analyse(file)
    if not said:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
    return said


def check(files: Files) -> list[str]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(analyse_again, [ROOT / name for name in files])
        return [line for said in found for line in said]


def prove() -> None:
    """Each of the two must notice its own."""
    for number, text in enumerate(
        [
            "#include <stdlib.h>\n"
            "char *f(void) { char *p = malloc(1); free(p); return p + *p; }",
            "int f(void) { int n = 0;\n"
            "for (float x = 0; x < 1; x += 0.1F) n++; return n; }",
        ]
    ):
        with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
            file.write(text)
            file.flush()
            command = commands(Path(file.name))[number]
            done = subprocess.run(command, capture_output=True)
            assert done.returncode, f"{command[0]} did not notice\n{text}"


if __name__ == "__main__":
    prove()
    names = [str(path.relative_to(ROOT)) for path in SOURCE.rglob("*.c")]
    finish(check, dict.fromkeys(sorted(names), ""), [])
