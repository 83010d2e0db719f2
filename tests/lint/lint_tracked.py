"""No name of a package registry and no path of one machine in the tree."""

import re

from check import Files, finish, lines, tracked

# Written so that this file does not find itself.
HOSTS = [
    "pypi" + r"\.org",
    "pythonhosted" + r"\.org",
    "registry" + r"\.npmjs",
    "crates" + r"\.io",
    "proxy" + r"\.golang",
    "repo1?" + r"\.maven",
    "deb" + r"\.debian\.org",
    "nodesource" + r"\.com",
]
PATHS = ["/wo" + "rk/", "/ro" + r"ot/\.", "/ho" + r"me/\w+/"]
FORBIDDEN = re.compile("|".join(HOSTS + PATHS))
# npm writes the address of each package into it; `omit-lockfile-registry-
# resolved` keeps it out, and this check sees to that.


def check(files: Files) -> list[str]:
    found = []
    for path, number, line in lines(files):
        match = FORBIDDEN.search(line)
        if match:
            found.append(f"{path}:{number}: {match[0]}")
    return found


if __name__ == "__main__":
    finish(
        check,
        tracked(),
        [
            {"x": "https://" + "registry" + ".npmjs.org/x"},
            {"x": "cd /wo" + "rk/main"},
        ],
    )
