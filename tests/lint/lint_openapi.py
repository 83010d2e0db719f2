"""The contract is valid and says what the program's tables say, both ways."""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

import yaml
from check import BUILD, LIBRARIES, ROOT, Files, compile_flags, finish
from openapi_spec_validator import OpenAPIV31SpecValidator

CONTRACT = "fcgi-app/openapi.yaml"
NGINX = "nginx/snippets/error_texts.conf"
TABLES = "tables"
# What the API refuses although the table, for sign-up, lets it be written.
REFUSED = {("User", "email")}
# Table -> what answers, creates and patches with it.
NAMES = {
    "task": ("Task", "TaskCreate", "TaskPatch"),
    "list": ("List", "ListCreate", "ListPatch"),
    "user": ("User", None, "UserPatch"),
    "session": ("Session", None, None),
    "token": ("Token", "TokenCreate", None),
}
FORMS = {"instant": "date-time", "date": "date", "id": "uuid"}
COMPARED = {"type", "enum", "readOnly", "items", "maxItems", "minLength"}
COMPARED |= {"maxLength", "minimum", "maximum"}
Json = dict[str, Any]


def tables() -> str:
    """What openapi_tables.c prints, linked with the program's library."""
    with tempfile.TemporaryDirectory(prefix="steady-openapi-") as folder:
        program = f"{folder}/tables"
        libraries = subprocess.check_output(
            ["pkg-config", "--libs", *LIBRARIES.split()], text=True
        )
        subprocess.run(
            ["gcc", *compile_flags(), ROOT / "tests/lint/openapi_tables.c"]
            + [BUILD / "lib/libsteady.a", *libraries.split(), "-o", program],
            check=True,
        )
        return subprocess.check_output([program], text=True)


def operations(contract: Json) -> Iterator[tuple[str, Json]]:
    """("GET /api/tasks", the operation with its path's parameters)."""
    for path, item in contract["paths"].items():
        for method in item.keys() - {"parameters"}:
            operation = dict(item[method])
            operation["parameters"] = [
                resolve(contract, parameter)
                for parameter in item.get("parameters", [])
                + operation.get("parameters", [])
            ]
            yield f"{method.upper()} {path}", operation


def resolve(contract: Json, value: Json) -> Json:
    for name in value.get("$ref", "#").split("/")[1:]:
        contract = contract[name]
    return contract if "$ref" in value else value


def named(operation: Json, place: str) -> list[str]:
    found = [p["name"] for p in operation["parameters"] if p["in"] == place]
    return sorted(found)


def compare_route(contract: Json, route: Json, operation: Json) -> list[str]:
    """What differs between a row of routes.c and its operation."""
    wrong = []
    if named(operation, "query") != sorted(route["query"]):
        wrong.append("other query parameters")
    in_path = re.findall(r"{(\w+)}", route["path"])
    if named(operation, "path") != sorted(in_path):
        wrong.append("other path parameters")
    if ("Idempotency-Key" in named(operation, "header")) != route["writes"]:
        wrong.append("Idempotency-Key belongs to writes")
    wanted = {"application/json"} if route["body"] else set()
    if route["body"] and route["method"] == "PATCH":
        wanted.add("application/merge-patch+json")
    body = operation.get("requestBody", {})
    if set(body.get("content", {})) != wanted:
        wrong.append("another type of body")
    if route["body"] and not body.get("required"):
        wrong.append("the body is required")
    ways = operation.get("security", contract["security"])
    if ({} in ways or not ways) != route["public"]:
        wrong.append("public or not")
    if ways and any("token" in way for way in ways) != route["token"]:
        wrong.append("open to tokens or not")
    return wrong


def compare_routes(contract: Json, routes: list[Json]) -> list[str]:
    program = {f"{route['method']} {route['path']}": route for route in routes}
    written = dict(operations(contract))
    wrong = [f"{name}: not in routes.c" for name in written.keys() - program]
    wrong += [f"{name}: not written" for name in program.keys() - written]
    for name in program.keys() & written.keys():
        found = compare_route(contract, program[name], written[name])
        wrong += [f"{name}: {what}" for what in found]
    return sorted(wrong)


def limits(field: Json) -> Json:
    """A string's, or a number's."""
    low, high = field["min"], field["max"]
    if field["type"] in ("string", "strings"):
        pairs = {"minLength": low, "maxLength": high}
        return {name: value for name, value in pairs.items() if value > 0}
    return {"minimum": low, "maximum": high} if low < high else {}


def schema_of(field: Json, may_write: bool) -> Json:
    """The JSON Schema that a row of a table stands for."""
    kind = field["type"]
    schema: Json = {"type": kind, **limits(field)}
    if kind in (*FORMS, "time", "enum"):
        schema["type"] = "string"
    if kind in FORMS:
        schema["format"] = FORMS[kind]
    if kind == "enum":
        schema["enum"] = field["names"]
    if kind == "strings":
        schema = {"type": "array", "maxItems": field["max_items"]}
        schema["items"] = {"type": "string", **limits(field)}
        if field["segment"] and may_write:
            schema["items"]["not"] = {"enum": [".", ".."]}
    if field["nullable"]:
        schema["type"] = [schema["type"], "null"]
    if not may_write:
        schema["readOnly"] = True
    return schema


def add(object_schema: Json, name: str, field: Json, schema: Json) -> None:
    """Puts a field, or a member of a group such as due.date."""
    name, _, member = name.partition(".")
    if not member:
        object_schema["properties"][name] = schema
        return
    empty = {"type": ["object", "null"], "properties": {}, "required": []}
    group = object_schema["properties"].setdefault(name, empty)
    group["properties"][member] = schema
    if field["wanted"]:
        group["required"].append(member)


def expected(fields: list[Json], name: str, use: int) -> Json:
    """The schema for answers (0), for creating (1) or for a patch (2)."""
    schema: Json = {"type": "object", "properties": {}, "required": []}
    for field in fields:
        refused = (NAMES_OF[name], field["name"]) in REFUSED
        may_write = field["writable"] and not refused
        may_create = may_write or field["create"]
        if not (True, may_create, may_write)[use]:
            continue
        field["wanted"] = (True, field["required"], False)[use]
        row = schema_of(field, may_create)
        if use == 0:
            row.get("items", {}).pop("not", None)  # older ones have them
        add(schema, field["name"], field, row)
        if field["wanted"] and "." not in field["name"]:
            schema["required"].append(field["name"])
        if use == 0 and "." in field["name"]:
            schema["required"].append(field["name"].split(".")[0])
    return schema


NAMES_OF = {name: uses[0] for uses in NAMES.values() for name in uses if name}


def compare_schema(at: str, wanted: Json, written: Json) -> list[str]:
    wrong = []
    for key in sorted(COMPARED):
        if wanted.get(key) != written.get(key):
            wrong.append(f"{at}: {key} is {wanted.get(key)} in the program")
    if "format" in wanted and wanted["format"] != written.get("format"):
        wrong.append(f"{at}: format is {wanted['format']} in the program")
    if "properties" not in wanted:
        return wrong
    if set(wanted["required"]) != set(written.get("required", [])):
        wrong.append(f"{at}: requires {wanted['required']} in the program")
    ours, theirs = wanted["properties"], written.get("properties", {})
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            wrong.append(f"{at}.{name}: not written")
        elif name not in ours:
            wrong.append(f"{at}.{name}: not in the program")
        else:
            wrong += compare_schema(f"{at}.{name}", ours[name], theirs[name])
    return wrong


def compare_schemas(contract: Json, program: Json) -> list[str]:
    wrong = []
    for table, fields in program.items():
        for use, name in enumerate(NAMES[table]):
            if name is None:
                continue
            written = contract["components"]["schemas"][name]
            wanted = expected(fields, name, use)
            wrong += compare_schema(name, wanted, written)
    return wrong


def compare_problems(contract: Json, problems: list[Json], conf: str) -> list:
    own = {problem["type"] for problem in problems}
    block = re.search(r"\$problem_type \{(.*?)\}", conf, re.S)[1]
    own |= {f"/problems/{name}" for name in re.findall(r" ([\w-]+);", block)}
    problem = contract["components"]["schemas"]["Problem"]["properties"]
    differ = own ^ set(problem["type"]["enum"])
    return [f"{name}: on one side only" for name in sorted(differ)]


def check(files: Files) -> list[str]:
    contract = yaml.safe_load(files[CONTRACT])
    program = json.loads(files[TABLES])
    wrong = compare_routes(contract, program["routes"])
    wrong += compare_schemas(contract, program["schemas"])
    wrong += compare_problems(contract, program["problems"], files[NGINX])
    if wrong:
        return wrong
    # Seconds long, hence last.
    errors = OpenAPIV31SpecValidator(contract).iter_errors()
    return [error.message[:300] for error in errors]


def broken(files: Files) -> list[Files]:
    """The contract with one thing wrong at a time."""
    changes = [
        ("maxLength: 16384", "maxLength: 16383"),
        ("maximum: 1000000000000000", "maximum: 1000"),
        ("enum: [due, completion]", "enum: [due]"),
        ("not: {enum: ['.', '..']}", "not: {enum: ['.']}"),
        ("int64, readOnly: true", "int64"),
        ("notes: *notes", "note: *notes"),
        ("            date: {", "            day: {"),
        ("name: due_from", "name: due_after"),
        ("/move:", "/shift:"),
        ("operationId: getTask\n", "operationId: listTasks\n"),
        ("[{session: []}, {local", "[{token: []}, {local"),
        ("/problems/stale", "/problems/old"),
    ]
    text = files[CONTRACT]
    for old, _ in changes:
        assert old in text, f"{CONTRACT} has no {old!r}"
    return [
        files | {CONTRACT: text.replace(old, new, 1)} for old, new in changes
    ]


if __name__ == "__main__":
    everything = {
        CONTRACT: (ROOT / CONTRACT).read_text(encoding="utf-8"),
        NGINX: (ROOT / NGINX).read_text(encoding="utf-8"),
        TABLES: tables(),
    }
    finish(check, everything, broken(everything))
