"""Links in the documents lead somewhere, and README stays short."""

import re

from check import ROOT, Files, finish, tracked

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
README_LINES = 120


def anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return {
        re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-")
        for head in heads
    }


def check(files: Files) -> list[str]:
    found = []
    for path, text in files.items():
        prose = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
        for match in LINK.finditer(prose):
            link = match[1] or match[2]
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (ROOT / path).parent / name if name else ROOT / path
            if not target.exists() and path in files and name:
                found.append(f"{path}: {link} leads nowhere")
            elif anchor and (not name or target.suffix == ".md"):
                there = target.read_text() if name else text
                if anchor not in anchors(there):
                    found.append(f"{path}: {link} has no such heading")
        if path == "README.md" and len(text.splitlines()) > README_LINES:
            found.append(f"{path}: over {README_LINES} lines")
    return found


if __name__ == "__main__":
    finish(
        check,
        tracked("*.md"),
        [
            {"x.md": "See [this](nowhere.md)."},
            {"x.md": "# Here\nSee [there](#there)."},
            {"README.md": "line\n" * 121},
        ],
    )
