"""Assets of earlier and later builds, for pages that are open at a release."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lib.fcgi import answer
from lib.instance import Instance
from lib.nginx import Nginx
from lib.paths import ROOT

sys.path.insert(0, str(ROOT / "docker"))
from assets import publish  # noqa: E402

from render import BROTLI  # noqa: E402

INDEX = "<!doctype html><title>Build %s</title>\n"


def build_page(parent: Path, build: str, *more: str) -> Path:
    """A page with its own script, twice compressed, and other files."""
    page = parent / f"page-{build}"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text(INDEX % build)
    for name in (f"index-{build}.js", *more):
        for end in ("", ".gz", ".br"):
            text = f"// {name}{end}\n" * 50
            file = page / "assets" / f"{name}{end}"
            file.write_text(text)
            # Not now: the time of a file is part of its ETag.
            os.utime(file, (1e9, 1e9))
    return page


def scripts(folder: Path) -> set[str]:
    names = {file.name for file in (folder / "assets").iterdir()}
    plain = {name for name in names if name.endswith(".js")}
    assert names == {n + end for n in plain for end in ("", ".gz", ".br")}
    return plain


# -- The folder -------------------------------------------------------------


def test_the_last_three_builds_are_kept_beside_the_newest(tmp_path):
    folder = tmp_path / "kept"
    publish(build_page(tmp_path, "a", "old.js"), folder)
    publish(build_page(tmp_path, "b", "old.js", "vendor.js"), folder)
    for build in "cde":
        publish(build_page(tmp_path, build, "vendor.js"), folder)
    assert scripts(folder) == {
        *("index-b.js", "index-c.js", "index-d.js", "index-e.js"),
        *("old.js", "vendor.js"),
    }
    assert len(list((folder / "builds").iterdir())) == 4
    publish(build_page(tmp_path, "f"), folder)
    assert "old.js" not in scripts(folder)


def test_starting_the_same_build_again_drops_no_other(tmp_path):
    folder = tmp_path / "kept"
    pages = [build_page(tmp_path, build) for build in "abcd"]
    for page in pages:
        publish(page, folder)
    for _ in range(6):
        publish(pages[3], folder)
    assert len(scripts(folder)) == 4
    # Back to the first: it is the newest now, and nothing has gone.
    publish(pages[0], folder)
    assert len(scripts(folder)) == 4
    publish(build_page(tmp_path, "e"), folder)
    assert "index-a.js" in scripts(folder)
    assert "index-b.js" not in scripts(folder)


def test_what_was_interrupted_or_damaged_is_mended(tmp_path):
    folder = tmp_path / "kept"
    page = build_page(tmp_path, "a")
    publish(page, folder)
    script = folder / "assets" / "index-a.js"
    script.write_text("")  # as a power cut may leave it
    (folder / "new-1234").write_text("half")
    (folder / "assets" / "of-no-build.js").write_text("half")
    (folder / "builds" / "0123.json").write_text("{")
    (folder / "builds" / "4567.json").write_text('{"number":"x","files":1}')
    publish(page, folder)
    assert script.read_text() == (page / "assets/index-a.js").read_text()
    assert scripts(folder) == {"index-a.js"}
    assert not (folder / "new-1234").exists()
    for build in "bcd":
        publish(build_page(tmp_path, build), folder)
    assert len(scripts(folder)) == 4
    assert len(list((folder / "builds").iterdir())) == 4


def test_a_link_in_the_folder_is_replaced_not_followed(tmp_path):
    folder = tmp_path / "kept"
    outside = tmp_path / "outside.js"
    page = build_page(tmp_path, "a")
    outside.write_bytes((page / "assets" / "index-a.js").read_bytes())
    before = outside.stat()
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / "index-a.js").symlink_to(outside)
    (folder / "assets" / "elsewhere").symlink_to(tmp_path)
    publish(page, folder)
    assert not (folder / "assets" / "index-a.js").is_symlink()
    assert not (folder / "assets" / "elsewhere").is_symlink()
    assert outside.stat() == before


@pytest.mark.parametrize("name", ["assets", "builds", "lock"])
def test_a_link_in_place_of_a_part_is_refused(tmp_path, name):
    folder = tmp_path / "kept"
    folder.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    target = outside / "file" if name == "lock" else outside
    (folder / name).symlink_to(target)
    with pytest.raises(OSError):
        publish(build_page(tmp_path, "a"), folder)
    assert list(outside.iterdir()) == []


def test_containers_may_share_the_folder(tmp_path):
    folder = tmp_path / "kept"
    pages = [build_page(tmp_path, f"{n:02}", "vendor.js") for n in range(8)]
    script = (
        "import sys; from pathlib import Path; from assets import publish\n"
        "for n in range(20): publish(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, page, folder],
            env={**os.environ, "PYTHONPATH": str(ROOT / "docker")},
        )
        for page in pages
    ]
    assert [process.wait(60) for process in running] == [0] * len(pages)
    manifests = list((folder / "builds").iterdir())
    assert len(manifests) == 4
    wanted = set()
    for manifest in manifests:
        wanted.update(json.loads(manifest.read_text())["files"])
    there = {file.name for file in (folder / "assets").iterdir()}
    assert there == wanted
    assert len(scripts(folder)) == 5
    for page in pages:
        for file in (page / "assets").iterdir():
            kept = folder / "assets" / file.name
            if kept.exists():
                assert kept.read_bytes() == file.read_bytes()


def test_a_folder_in_use_is_given_up_after_a_while(tmp_path, monkeypatch):
    import fcntl

    import assets

    monkeypatch.setattr(assets, "LOCK_SECONDS", 0.2)
    folder = tmp_path / "kept"
    folder.mkdir()
    with open(folder / "lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(OSError):
            publish(build_page(tmp_path, "a"), folder)


# -- nginx ------------------------------------------------------------------


@pytest.fixture(scope="module")
def nginx() -> Iterator[Nginx]:
    with Nginx(lambda _: answer()) as nginx:
        kept = nginx.folder / "kept"
        page = build_page(nginx.folder, "old", "main-abc123.js")
        publish(page, kept)
        secret = nginx.folder / "secret"
        secret.mkdir()
        for end in ("", ".gz", ".br"):
            (secret / f"file.js{end}").write_text("secret")
            (kept / "assets" / f"link.js{end}").symlink_to(
                secret / f"file.js{end}"
            )
            # The plain file is one, and only what stands for it is a link.
            (kept / "assets" / f"twin.js{end}").symlink_to(
                secret / f"file.js{end}"
            )
        (kept / "assets" / "twin.js").unlink()
        (kept / "assets" / "twin.js").write_text("plain")
        (kept / "assets" / "way").symlink_to(secret)
        yield nginx


@pytest.mark.parametrize(
    "encoding,end", [("identity", ""), ("gzip", ".gz"), ("br", ".br")]
)
def test_a_kept_asset_is_served_as_an_own_one(nginx, encoding, end):
    if end == ".br" and not BROTLI.exists():
        end = ""
    path = "/assets/index-old.js"
    with (
        nginx.client() as client,
        client.stream(
            "GET", path, headers={"Accept-Encoding": encoding}
        ) as response,
    ):
        raw = b"".join(response.iter_raw())
    kept = nginx.folder / "kept" / f"assets/index-old.js{end}"
    assert response.status_code == 200
    assert raw == kept.read_bytes()
    headers = response.headers
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"].startswith("text/javascript")
    assert headers["x-content-type-options"] == "nosniff"
    line = nginx.log_line(headers["x-request-id"])
    assert line["route"] == "/assets/{file}"


def test_the_own_asset_comes_first(nginx):
    own = nginx.folder / "page" / "assets" / "main-abc123.js"
    headers = {"Accept-Encoding": "identity"}
    response = nginx.get("/assets/main-abc123.js", headers=headers)
    assert response.text == own.read_text()


def test_an_unknown_asset_is_missing_and_not_cached(nginx):
    for path in ("none.js", "", "way", "way/none.js"):
        response = nginx.get(f"/assets/{path}")
        assert response.status_code in (403, 404), path
        assert response.headers["cache-control"] == "no-store"
    assert nginx.request("POST", "/assets/index-old.js").status_code == 405


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_no_link_leads_out_of_the_folder(nginx, encoding):
    headers = {"Accept-Encoding": encoding}
    for path in ("link.js", "way/file.js", "twin.js"):
        with (
            nginx.client() as client,
            client.stream("GET", f"/assets/{path}", headers=headers) as got,
        ):
            raw = b"".join(got.iter_raw())
        assert b"secret" not in raw, path
        expected = {200} if path == "twin.js" else {403, 404}
        assert got.status_code in expected, path


# -- The whole ---------------------------------------------------------------


def fetch(steady: Instance, path: str) -> httpx.Response:
    headers = {"Accept-Encoding": "identity"}
    return httpx.get(steady.url + path, headers=headers)


def release(steady: Instance, page: Path) -> None:
    steady.settings["STEADY_STATIC_DIR"] = str(page)
    steady.restart()


def console(steady: Instance) -> str:
    return (steady.folder / "console.log").read_text()


def test_a_page_from_before_a_release_finds_its_files(tmp_path):
    pages = {build: build_page(tmp_path, build) for build in "abcde"}
    steady = Instance(STEADY_STATIC_DIR=str(pages["a"]), STEADY_WORKERS="1")
    try:
        steady.start()
        old = fetch(steady, "/assets/index-a.js")
        assert old.status_code == 200
        for build in "bcd":
            release(steady, pages[build])
            index = httpx.get(steady.url)
            assert f"Build {build}" in index.text
            assert index.headers["cache-control"] == "no-cache"
            again = fetch(steady, "/assets/index-a.js")
            assert again.status_code == 200
            assert again.content == old.content
            assert again.headers["etag"] == old.headers["etag"]
        release(steady, pages["e"])
        gone = fetch(steady, "/assets/index-a.js")
        assert gone.status_code == 404
        assert "assets" not in console(steady)
    finally:
        steady.release()


def publish_by_entrypoint(
    steady: Instance, page: Path, status: int = 0, file_bytes: int = -1
) -> str:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    entrypoint = ROOT / "docker" / "entrypoint"
    done = subprocess.run(
        [entrypoint, "--build", steady.build, "--publish-assets"],
        env={**steady.environment(), "STEADY_STATIC_DIR": str(page)},
        capture_output=True,
        text=True,
        timeout=30,
        preexec_fn=limit if file_bytes >= 0 else None,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert len((done.stdout + done.stderr).splitlines()) == 1
    return done.stdout + done.stderr


def test_a_newer_builds_assets_can_be_published_to_a_running_one(tmp_path):
    """A page from a host that has the release asks one that has not."""
    page = build_page(tmp_path, "new")
    with Instance(STEADY_WORKERS="1") as steady:
        path = "/assets/index-new.js"
        assert fetch(steady, path).status_code == 404
        said = publish_by_entrypoint(steady, page)
        assert said.startswith("3 assets are in ")
        assert fetch(steady, path).status_code == 200
        assert steady.is_ready()


def test_publishing_says_why_it_failed(tmp_path):
    file = tmp_path / "file"
    file.touch()
    steady = Instance(STEADY_ASSETS_DIR=str(file / "assets"))
    try:
        page = build_page(tmp_path, "a")
        said = publish_by_entrypoint(steady, page, status=1)
        assert said.startswith("The assets cannot be published: ")
        assert "STEADY_ASSETS_DIR" in said
        said = publish_by_entrypoint(steady, tmp_path / "none", status=1)
        assert "STEADY_STATIC_DIR" in said
    finally:
        steady.release()


def test_without_room_nothing_half_is_left(tmp_path):
    steady = Instance(STEADY_ASSETS_DIR=str(tmp_path / "kept"))
    try:
        publish_by_entrypoint(steady, build_page(tmp_path, "a"))
        page = build_page(tmp_path, "b")
        (page / "assets" / "large.js").write_bytes(b"x" * 100_000)
        said = publish_by_entrypoint(steady, page, 1, file_bytes=50_000)
        assert "cannot be written to" in said
        kept = tmp_path / "kept"
        assert "index-a.js" in {f.name for f in (kept / "assets").iterdir()}
        assert not (kept / "assets" / "large.js").exists()
        assert not list(kept.glob("new-*"))
    finally:
        steady.release()


def test_steady_starts_without_a_folder_to_keep_them_and_says_so(tmp_path):
    file = tmp_path / "file"
    file.touch()
    settings = {
        "STEADY_ASSETS_DIR": str(file / "assets"),
        "STEADY_STATIC_DIR": str(build_page(tmp_path, "a")),
        "STEADY_WORKERS": "1",
    }
    with Instance(**settings) as steady:
        own = fetch(steady, "/assets/index-a.js")
        assert own.status_code == 200
        missing = fetch(steady, "/assets/index-b.js")
        assert missing.status_code == 404
        said = console(steady)
        assert said.count("no assets of earlier releases") == 1
        assert said.count("STEADY_ASSETS_DIR") == 1
