"""Includes go down the layers only, and each library has one door."""

import re

from check import Files, finish, lines, tracked

SOURCE = "fcgi-app/src/"
BELOW = {
    "base": set(),
    "http": {"base"},
    "domain": {"base"},
    "store": {"base", "domain"},
    "service": {"base", "domain", "store"},
    "api": {"base", "domain", "store", "service", "http"},
    "server": {"base", "domain", "store", "service", "http", "api"},
    "admin": {"base", "domain", "store", "service", "server"},
    "events": {"base", "domain", "store", "server"},
}
# Header -> the files that may include it.
DOORS = {
    r"fcgi\w*\.h": r"server/fcgi\.c",
    r"(json-c/)?json.*\.h": r"base/json_in\.c",
    r"(mongoc|bson)(/.*)?\.h": r"store/store_mongo\w*\.[ch]",
    r"sqlite3\.h": r"store/store_sqlite\w*\.[ch]",
    r"libical/.*\.h": r"domain/\w+\.[ch]",
    r"utf8proc\.h": r"(base|domain)/\w+\.c",
    r"event2/.*\.h": r"events/server\.c",
}
OTHERS_FROM_SERVER = "server/config.h"


def check(files: Files) -> list[str]:
    found = []
    for path, number, line in lines(files):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match is None:
            continue
        why = judge(path.removeprefix(SOURCE), match[1] == '"', match[2])
        if why:
            found.append(f"{path}:{number}: {why}")
    return found


def judge(file: str, own: bool, header: str) -> str | None:
    layer = file.split("/")[0]
    if own:
        below = header.split("/")[0]
        if "/" not in header or below == layer:
            return None
        if below not in BELOW[layer]:
            return f"{layer} must not include {header}"
        if layer != "server" and below == "server":
            return None if header == OTHERS_FROM_SERVER else f"not {header}"
        return None
    for pattern, door in DOORS.items():
        if re.fullmatch(pattern, header) and not re.fullmatch(door, file):
            return f"<{header}> belongs to {door} only"
    return None


if __name__ == "__main__":
    finish(
        check,
        tracked("fcgi-app/src/*.c", "fcgi-app/src/*.h"),
        [
            {SOURCE + "domain/x.c": '#include "store/store.h"'},
            {SOURCE + "http/x.c": '#include "domain/task.h"'},
            {SOURCE + "admin/x.c": '#include "server/fcgi.h"'},
            {SOURCE + "events/x.c": '#include "api/app.h"'},
            {SOURCE + "server/x.c": "#include <event2/http.h>"},
            {SOURCE + "api/x.c": "#include <fcgiapp.h>"},
            {SOURCE + "api/x.c": "#include <json-c/json.h>"},
            {SOURCE + "store/store.c": "#include <mongoc/mongoc.h>"},
            {SOURCE + "service/x.c": "#  include <sqlite3.h>"},
        ],
    )
