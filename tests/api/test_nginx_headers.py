"""Headers of every answer, compression and caching."""

import gzip

import pytest

from lib.fcgi import Request, answer
from lib.nginx import GZIPPED, PAGE, Nginx
from render import BROTLI

LONG = '{"text":"' + "x" * 2000 + '"}'


def worker(request: Request) -> bytes | None:
    uri = request.params["REQUEST_URI"]
    if uri == "/api/dies":
        return None
    if uri == "/api/long":
        return answer(LONG, ETag='"7"')
    if uri == "/api/own":
        return answer(Cache_Control="private, no-cache", X_Request_Id="own")
    if uri == "/api/refused":
        return answer(status="503 Service Unavailable", Retry_After="7")
    return answer()


@pytest.fixture(scope="module")
def nginx():
    with Nginx(worker) as nginx:
        yield nginx


EVERY_STATUS = [
    ("GET", "/", 200),
    ("GET", "/assets/main-abc123.js", 200),
    ("GET", "/favicon.ico", 204),
    ("GET", "/api/tasks", 200),
    ("GET", "/healthz", 200),
    ("GET", "/version", 200),
    ("GET", "/readyz", 200),
    ("GET", "/api", 404),
    ("GET", "/assets/missing.js", 404),
    ("POST", "/", 405),
    ("POST", "/api/dies", 502),
    ("GET", "/api/refused", 503),
]


@pytest.mark.parametrize("method,path,status", EVERY_STATUS)
def test_security_headers_on_every_status(nginx, method, path, status):
    response = nginx.request(method, path)
    assert response.status_code == status
    headers = response.headers
    assert len(headers["x-request-id"]) == 32
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; script-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert policy.endswith("trusted-types steady default")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["server"] == "nginx"
    assert "strict-transport-security" not in headers
    names = [name for name, _ in headers.multi_items()]
    assert len(names) == len(set(names)), names


def test_hsts_only_on_the_word_of_a_trusted_proxy(nginx):
    forwarded = {"X-Forwarded-Proto": "https"}
    untrusted = nginx.get("/", headers=forwarded)
    assert "strict-transport-security" not in untrusted.headers
    with Nginx(worker, STEADY_TRUSTED_PROXIES="127.0.0.0/8") as behind:
        trusted = behind.get("/api", headers=forwarded)
        assert trusted.headers["strict-transport-security"]
        behind.get("/api/tasks", headers=forwarded)
        params = behind.api.requests[-1].params
        assert params["REQUEST_SCHEME"] == "https"
        assert params["HTTPS"] == "on"


def test_hsts_with_a_public_url_on_https():
    with Nginx(worker, STEADY_PUBLIC_URL="https://todo.example.org") as nginx:
        assert nginx.get("/").headers["strict-transport-security"]


def test_address_comes_from_the_last_entry_of_trusted_proxies_only(nginx):
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    nginx.get("/api/tasks", headers=forwarded)
    assert nginx.api.requests[-1].params["REMOTE_ADDR"] == "127.0.0.1"
    with Nginx(worker, STEADY_TRUSTED_PROXIES="127.0.0.0/8") as behind:
        behind.get("/api/tasks", headers=forwarded)
        assert behind.api.requests[-1].params["REMOTE_ADDR"] == "198.51.100.7"


def test_api_is_not_stored_unless_it_says_otherwise(nginx):
    assert nginx.get("/api/tasks").headers["cache-control"] == "no-store"
    own = nginx.get("/api/own")
    assert own.headers["cache-control"] == "private, no-cache"
    assert own.headers["x-request-id"] != "own"


def test_retry_after_of_the_worker_is_kept(nginx):
    assert nginx.get("/api/refused").headers["retry-after"] == "7"


def test_worker_gets_the_request_as_it_came(nginx):
    target = "/api/tags/a%2Fb?x=%20y"
    response = nginx.get(target, headers={"Proxy": "http://evil.example"})
    params = nginx.api.requests[-1].params
    assert params["REQUEST_URI"] == target
    assert params["QUERY_STRING"] == "x=%20y"
    assert params["REQUEST_ID"] == response.headers["x-request-id"]
    assert params["HTTP_HOST"] == f"127.0.0.1:{nginx.port}"
    assert params["REQUEST_SCHEME"] == "http"
    assert "HTTP_PROXY" not in params


def test_long_json_is_compressed_with_a_weak_etag(nginx):
    response = nginx.get("/api/long")
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["etag"] == 'W/"7"'
    assert "accept-encoding" in response.headers["vary"].lower()
    assert response.text == LONG
    plain = nginx.get("/api/long", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["etag"] == '"7"'
    short = nginx.get("/api/tasks")
    assert "content-encoding" not in short.headers


def raw_get(nginx: Nginx, encodings: str) -> bytes:
    return nginx.send(
        b"GET /assets/main-abc123.js HTTP/1.1\r\nHost: x\r\n"
        b"Connection: close\r\nAccept-Encoding: "
        + encodings.encode()
        + b"\r\n\r\n"
    )


def test_assets_come_precompressed_and_immutable(nginx):
    gz = raw_get(nginx, "gzip")
    assert gz.endswith(GZIPPED)
    assert b"Content-Encoding: gzip" in gz
    assert b"Vary: Accept-Encoding" in gz
    assert b"public, max-age=31536000, immutable" in gz
    plain = nginx.get(
        "/assets/main-abc123.js", headers={"Accept-Encoding": "identity"}
    )
    assert plain.text.startswith("let x")
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.skipif(not BROTLI.exists(), reason="no brotli module here")
def test_assets_come_in_brotli_where_the_browser_takes_it(nginx):
    br = raw_get(nginx, "gzip, br")
    assert br.endswith(b"brotli bytes")
    assert b"Content-Encoding: br" in br
    assert b"Vary: Accept-Encoding" in br


def test_missing_asset_is_not_cached(nginx):
    missing = nginx.get("/assets/missing.js")
    assert missing.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/lists/17", "/tags/v1.0", "/today"])
def test_page_addresses_give_the_page(nginx, path):
    response = nginx.get(path)
    assert response.status_code == 200
    assert response.text == PAGE
    assert response.headers["cache-control"] == "no-cache"
    again = nginx.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


def test_manifest_and_icons_are_what_they_are_and_asked_for_again(nginx):
    for name, type in [
        ("manifest.webmanifest", "application/manifest+json"),
        ("icon-192.png", "image/png"),
    ]:
        (nginx.folder / "page" / name).write_bytes(b"{}")
        response = nginx.get(f"/{name}")
        assert response.status_code == 200
        assert response.headers["content-type"] == type
        assert response.headers["cache-control"] == "no-cache"


def test_what_is_shared_without_a_service_worker_goes_no_further(nginx):
    before = len(nginx.api.requests)
    response = nginx.request("POST", "/share", data={"text": "secret"})
    assert response.status_code == 303
    assert response.headers["location"] == "/inbox"
    assert len(nginx.api.requests) == before
    assert nginx.get("/share").text == PAGE


@pytest.mark.parametrize("path", ["/missing.png", "/.env", "/wp-login.php"])
def test_missing_files_are_missing(nginx, path):
    assert nginx.get(path).status_code == 404


def test_gzip_is_what_it_says(nginx):
    with nginx.client() as client, client.stream("GET", "/api/long") as got:
        raw = b"".join(got.iter_raw())
    assert gzip.decompress(raw).decode() == LONG
