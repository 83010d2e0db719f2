"""Nothing in the program can be written to that outlives a request, but for
what the table below allows: looked for in the objects that were built."""

import re
import subprocess
import tempfile
from pathlib import Path

from check import BUILD, ROOT, Files, finish

SOURCE = ROOT / "fcgi-app/src"
# Object -> what it may write to, and nothing else may.
ALLOWED = {
    "base/log.o": {"threshold", "request", "request_text"},
    "server/fcgi.o": {"stopping"},  # set by a signal
}
# Tables of addresses are constant once they are relocated.
WRITABLE = re.compile(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)|\*COM\*")


def symbols(file: Path) -> str:
    command = ["objdump", "--syms", file]
    return subprocess.check_output(command, text=True)


def check(files: Files) -> list[str]:
    found = []
    for file, table in files.items():
        allowed = set(ALLOWED.get(file, ()))
        for line in table.splitlines():
            # "address flags section<TAB>size name"; sections name themselves.
            place, tab, rest = line.partition("\t")
            if not tab or not WRITABLE.match(place.split()[-1]):
                continue
            name = rest.split()[-1]
            if name in allowed:
                allowed.remove(name)
            elif not name.startswith("."):
                found.append(f"{file}: {name} can be written to")
        found += [f"{file}: has no {name} any more" for name in allowed]
    return found


def built() -> Files:
    objects = BUILD / "obj/fcgi-app/src"
    names = [
        str(source.relative_to(SOURCE).with_suffix(".o"))
        for source in sorted(SOURCE.rglob("*.c"))
    ]
    assert set(ALLOWED) <= set(names)
    return {name: symbols(objects / name) for name in names}


def compiled(text: str, *flags: str) -> Files:
    with tempfile.TemporaryDirectory(prefix="steady-globals-") as folder:
        source, made = Path(folder, "x.c"), Path(folder, "x.o")
        source.write_text(text)
        command = ["gcc", "-O2", "-fPIE", *flags, "-c", source, "-o", made]
        subprocess.run(command, check=True)
        return {"x.o": symbols(made)}


def broken() -> list[Files]:
    counter = "int f(void) { static int count; return ++count; }"
    array = "static char kept[64]; char *f(void) { return kept; }"
    return [
        compiled("int shared = 1;"),
        compiled("int shared;"),
        compiled("int shared;", "-fcommon"),
        compiled(counter),
        compiled(array),
        compiled("_Thread_local int mine = 1;"),
        compiled('const char *names[] = { "a", "b" };'),
        {"base/log.o": symbols(BUILD / "obj/fcgi-app/src/base/buf.o")},
    ]


if __name__ == "__main__":
    constant = compiled('const char *const names[] = { "a" }; const int n = 1;')
    assert not check(constant), check(constant)
    finish(check, built(), broken())
