"""Files from the web: the real client against a server on this machine, and hostile addresses."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from adapters.addresses import CheckedTransport, Guard, is_public, read_address, shown
from adapters.share_links import download_form
from adapters.sources.file import adapter as file_adapter
from adapters.sources.url import UrlSource, adapter
from pipeline.errors import MLTrainerError, PersonCanFix, TryAgain
from tests.fakes.jobs import ANN

pytestmark = pytest.mark.anyio

_ROWS = b"a,b\n1,2\n"
Answer = Callable[[BaseHTTPRequestHandler], None]


def sends(
    body: bytes = _ROWS, *, status: int = 200, claims: int | None = None, **headers: str
) -> Answer:
    """An answer with this body; `claims` is the length it says, and `_` in names is a hyphen."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body) if claims is None else claims))
        request.end_headers()
        request.wfile.write(body)

    return answer


def redirects(to: str) -> Answer:
    return sends(b"", status=302, Location=to)


@dataclass
class Web:
    """A server on this machine; `answers` by path. `asked` keeps what was asked for."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/rows.csv", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def source(self, **limits: float) -> UrlSource:
        return UrlSource(Guard(frozenset({("127.0.0.1", self.port)})), **limits)  # type: ignore[arg-type]


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers["Host"]))
            try:
                site.answers.get(self.path, sends(b"", status=404))(self)
            except ConnectionError:
                return  # the client has seen enough

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Web(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield site
    site.ending.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


async def refusal(source: UrlSource, location: str, into: Path) -> MLTrainerError:
    """The error of a fetch that must leave nothing behind."""
    with pytest.raises(MLTrainerError) as caught:
        await source.fetch(location, into, ANN)
    assert list(into.iterdir()) == []
    assert caught.value.hint
    assert isinstance(caught.value, TryAgain) or (
        isinstance(caught.value, PersonCanFix) and caught.value.field == "data"
    )
    return caught.value


@pytest.mark.parametrize(
    ("location", "taken"),
    [
        ("https://example.com/rows.csv", True),
        (" HTTP://example.com", True),
        ("https:\\\\example.com", True),
        ("rows.csv", False),
        ("hf:owner/name", False),
        ("ftp://example.com/rows.csv", False),
        ("", False),
    ],
)
def test_addresses_are_taken_here_and_nowhere_else(location: str, *, taken: bool) -> None:
    assert adapter().takes(location) is taken
    assert not (taken and file_adapter().takes(location))


async def test_a_file_is_saved_for_the_owner_alone(web: Web, into: Path) -> None:
    web.answers["/data/rows.csv?key=s3cret"] = sends()

    files = await web.source().fetch(web.url("/data/rows.csv?key=s3cret"), into, ANN)

    assert files == (into / "rows.csv",)
    assert files[0].read_bytes() == _ROWS
    assert files[0].stat().st_mode & 0o777 == 0o600


async def test_the_setting_lets_one_private_address_through(web: Web, into: Path) -> None:
    web.answers["/rows.csv"] = sends()

    allowing = adapter(allow_private_urls=[f"127.0.0.1:{web.port}"])

    assert await allowing.fetch(web.url(), into, ANN)
    assert (
        "private network"
        in (await refusal_of(adapter(), f"https://127.0.0.1:443/{web.port}")).message
    )


async def refusal_of(source: UrlSource, location: str) -> MLTrainerError:
    with pytest.raises(MLTrainerError) as caught:
        await source.fetch(location, Path("/nowhere"), ANN)
    return caught.value


@pytest.mark.parametrize("entry", ["127.0.0.1", "http://localhost:80/", ":80", "host:http"])
def test_an_entry_of_the_setting_that_is_no_host_and_port_is_named(entry: str) -> None:
    with pytest.raises(PersonCanFix, match="MLTRAINER_ALLOW_PRIVATE_URLS"):
        adapter(allow_private_urls=[entry])


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="rows 1.csv"', "rows 1.csv"),
        ("attachment; filename*=UTF-8''Ums%C3%A4tze.csv", "Umsätze.csv"),
        ('attachment; filename="../../etc/cron.d/evil"', "evil.txt"),
        ('attachment; filename="..\\\\..\\\\evil.csv"', "evil.csv"),
        ("attachment; filename*=UTF-8''..%2F..%2Fevil%0a%1b.csv", "evil__.csv"),
        ("attachment; filename*=UTF-8''x%E2%80%AEvsc.exe", "x_vsc.exe"),
        ("attachment; filename*=nonsense''a%ff.csv", "aÿ.csv"),
        ('attachment; filename=".bashrc"', "bashrc.txt"),
        ('attachment; filename="-rf.csv"', "_rf.csv"),
        ('attachment; filename=".."', "data.txt"),
        ("attachment; filename=", "rows.csv"),
        ("inline", "rows.csv"),
        ("", "rows.csv"),
    ],
)
async def test_only_a_plain_name_is_left_of_what_a_server_says(
    header: str, name: str, web: Web, into: Path
) -> None:
    web.answers["/rows.csv"] = sends(
        Content_Disposition=header, Content_Type="text/plain; charset=utf-8"
    )

    files = await web.source().fetch(web.url(), into, ANN)

    assert [path.parent for path in files] == [into]
    assert files[0].name == name
    assert [path.name for path in into.parent.iterdir()] == ["data"]


async def test_two_files_of_one_name_are_both_kept(web: Web, into: Path) -> None:
    web.answers["/rows.csv"] = sends()
    (into / "rows.csv").symlink_to("/nowhere/rows.csv")

    first, second = [await web.source().fetch(web.url(), into, ANN) for _ in range(2)]

    assert [path.name for path in (*first, *second)] == ["rows-2.csv", "rows-3.csv"]


@pytest.mark.parametrize(
    ("path", "name"), [("/", "127.0.0.1"), ("/a/b/", "127.0.0.1"), ("/a%2Fb%0A.csv", "b_.csv")]
)
async def test_an_address_gives_a_name_where_the_server_does_not(
    path: str, name: str, web: Web, into: Path
) -> None:
    web.answers[path] = sends()

    assert [file.name for file in await web.source().fetch(web.url(path), into, ANN)] == [name]


async def test_a_redirect_is_followed_and_its_end_gives_the_name(web: Web, into: Path) -> None:
    web.answers |= {"/latest": redirects("/v2/rows.csv"), "/v2/rows.csv": sends()}

    assert await web.source().fetch(web.url("/latest"), into, ANN) == (into / "rows.csv",)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("https://127.0.0.2/x", "private network"),
        ("https://169.254.169.254/latest/meta-data/", "private network"),
        ("https://[::1]/", "private network"),
        ("http://93.184.216.34/x", "not encrypted"),
        ("http://localhost:1/x", "not encrypted"),
        ("file:///etc/passwd", "is no address"),
        ("gopher://127.0.0.1/", "is no address"),
        ("https://user:secret@93.184.216.34/", "is no address"),
        ("https://93.184.216.34:22/", "port 22"),
        ("https://[nonsense/", "is no address"),
    ],
)
async def test_a_redirect_is_checked_like_the_address_itself(
    to: str, said: str, web: Web, into: Path
) -> None:
    web.answers["/go"] = redirects(to)

    error = await refusal(web.source(), web.url("/go"), into)

    assert said in error.message
    assert "secret" not in error.message


async def test_a_redirect_to_another_private_port_is_refused(web: Web, into: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0)
        port = other.getsockname()[1]
        web.answers["/go"] = redirects(f"http://127.0.0.1:{port}/admin")

        assert "not encrypted" in (await refusal(web.source(), web.url("/go"), into)).message
        with pytest.raises(BlockingIOError):
            other.accept()


async def test_redirects_without_end_are_given_up(web: Web, into: Path) -> None:
    web.answers |= {"/a": redirects("/b"), "/b": redirects("/a")}

    assert (
        "redirects more than 5 times" in (await refusal(web.source(), web.url("/a"), into)).message
    )
    assert len(web.asked) == 6


async def test_a_length_beyond_the_limit_is_refused_at_once(web: Web, into: Path) -> None:
    web.answers["/rows.csv"] = sends(b"", claims=10**12)

    error = await refusal(web.source(), web.url(), into)

    assert "too large: at most 5.4 GB can be fetched, it has 1,000.0 GB" in error.message


async def test_a_body_without_end_is_cut_off_at_the_limit(web: Web, into: Path) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not web.ending.is_set():
            request.wfile.write(b"x" * 65536)

    web.answers["/rows.csv"] = endless

    error = await refusal(web.source(most_bytes=3 << 20), web.url(), into)
    assert "too large" in error.message


def drip(web: Web, pause: float) -> Answer:
    """A byte now and then, and never an end."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not web.ending.wait(pause):
            request.wfile.write(b"x")

    return answer


async def test_a_server_that_falls_silent_is_not_waited_for(web: Web, into: Path) -> None:
    web.answers["/rows.csv"] = drip(web, 60)

    error = await refusal(web.source(idle_seconds=0.1), web.url(), into)

    assert isinstance(error, TryAgain)
    assert "did not answer in time" in error.message


async def test_a_slow_drip_ends_at_the_time_limit(web: Web, into: Path) -> None:
    web.answers["/rows.csv"] = drip(web, 0.02)

    error = await refusal(web.source(total_seconds=0.2), web.url(), into)

    assert "took longer than 0 minutes" in error.message


async def test_a_name_that_is_looked_up_for_ever_ends_at_the_time_limit(into: Path) -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return ()

    source = UrlSource(Guard(resolve=never), total_seconds=0.1)

    assert "took longer" in (await refusal(source, "https://slow.example/a", into)).message


async def test_a_cancelled_download_leaves_nothing(web: Web, into: Path) -> None:
    web.answers["/rows.csv"] = drip(web, 0.01)
    running = asyncio.create_task(web.source().fetch(web.url(), into, ANN))
    while not list(into.iterdir()):
        await asyncio.sleep(0.01)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert list(into.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "said", "again"),
    [
        (sends(b"", status=401), "without signing in (status 401)", False),
        (sends(b"", status=403), "without signing in (status 403)", False),
        (sends(b"", status=404), "There is no file at", False),
        (sends(b"", status=410), "There is no file at", False),
        (sends(b"", status=418), "sent no file (status 418)", False),
        (sends(b"", status=206), "sent no file (status 206)", False),
        (sends(b"", status=304), "sent no file (status 304)", False),
        (sends(b"", status=429, Retry_After="7"), "(status 429)", True),
        (sends(b"", status=500), "(status 500)", True),
        (sends(b"", status=503, Retry_After="soon"), "(status 503)", True),
        (sends(b""), "is empty", False),
        (sends(claims=100), "cut off before its end", True),
        (sends(Content_Encoding="br"), "cannot unpack (br)", False),
        (sends(Content_Encoding="gzip, gzip"), "cannot unpack", False),
        (sends(Content_Encoding="gzip"), "makes no sense", False),
        (sends(b"", claims=-5), "cut off", True),
        (lambda request: request.connection.close(), "cut off", True),
        (lambda request: _raw(request, b"SSH-2.0-OpenSSH\r\n"), "cut off", True),
        (lambda request: _raw(request, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 99999), "cut", True),
    ],
)
async def test_an_answer_without_the_file_says_what_to_do(
    answer: Answer, said: str, *, again: bool, web: Web, into: Path
) -> None:
    web.answers["/rows.csv?token=s3cret"] = answer

    error = await refusal(web.source(), web.url("/rows.csv?token=s3cret"), into)

    assert said in error.message
    assert f"http://127.0.0.1:{web.port}/rows.csv" in error.message
    assert "s3cret" not in error.message + error.hint
    assert isinstance(error, TryAgain) is again


def _raw(request: BaseHTTPRequestHandler, answer: bytes) -> None:
    request.wfile.write(answer)
    request.close_connection = True


async def test_a_pause_that_a_server_asks_for_is_kept(web: Web, into: Path) -> None:
    web.answers["/rows.csv"] = sends(b"", status=429, Retry_After="7")

    error = await refusal(web.source(), web.url(), into)

    assert isinstance(error, TryAgain)
    assert error.after is not None
    assert error.after.total_seconds() == 7


async def test_a_closed_port_is_tried_again(into: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    source = adapter(allow_private_urls=[f"127.0.0.1:{port}"])

    error = await refusal(source, f"http://127.0.0.1:{port}/rows.csv", into)

    assert isinstance(error, TryAgain)
    assert "No connection" in error.message


async def test_a_server_without_tls_could_not_prove_who_it_is(web: Web, into: Path) -> None:
    error = await refusal(web.source(), web.url().replace("http:", "https:"), into)

    assert "could not prove who it is" in error.message


async def test_a_web_page_is_saved_for_the_reader_to_name(web: Web, into: Path) -> None:
    web.answers["/page"] = sends(b"<!DOCTYPE html>", Content_Type="text/html")

    assert await web.source().fetch(web.url("/page"), into, ANN) == (into / "page.html",)


async def test_a_full_disk_says_so(web: Web, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web.answers["/rows.csv"] = sends()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("adapters.sources.url.os.open", full)
    with pytest.raises(PersonCanFix, match="disk is full"):
        await web.source().fetch(web.url(), into, ANN)


async def test_a_proxy_of_the_environment_is_not_asked(
    web: Web, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.answers["/rows.csv"] = sends()
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert await web.source().fetch(web.url(), into, ANN)


_NAMES: Mapping[str, Sequence[str]] = {
    "ok.example": ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"),
    "xn--mller-kva.example": ("93.184.216.34",),
    "evil.example": ("10.0.0.5",),
    "some.example": ("93.184.216.34", "127.0.0.1"),
    "localhost": ("127.0.0.1", "::1"),
    "metadata.google.internal": ("169.254.169.254",),
    "azure.example": ("168.63.129.16",),
    "oracle.example": ("192.0.0.192",),
    "v6.example": ("fd00::1",),
    "mapped.example": ("::ffff:127.0.0.1",),
    "nat64.example": ("64:ff9b::7f00:1",),
    "nat64-local.example": ("64:ff9b:1::7f00:1",),
    "cgnat.example": ("100.64.0.1",),
    "sixto4.example": ("2002:7f00:1::",),
    "teredo.example": ("2001:0:7f00:1::",),
    "compatible.example": ("::7f00:1",),
    "site.example": ("fec0::1",),
    "scoped.example": ("fe80::1%eth0",),
    "odd.example": ("not an address",),
    "none.example": (),
}


async def resolve(host: str, port: int) -> Sequence[str]:
    """Names as above, and numbers as odd as a C library takes them."""
    assert port
    if host in _NAMES:
        return _NAMES[host]
    try:
        return (socket.inet_ntoa(socket.inet_aton(host)),)
    except OSError as error:
        raise socket.gaierror(socket.EAI_NONAME, "unknown") from error


_HOSTILE = (
    *("https://127.0.0.1/x.csv", "https://127.1/x", "https://2130706433/", "https://0x7f000001/"),
    *("https://0177.0.0.1/", "https://0/", "https://0.0.0.0/", "https://127.0.0.1./"),
    *("https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::127.0.0.1]/"),
    *("https://[::ffff:a9fe:a9fe]/", "https://[fe80::1]/", "https://[fd00::1]/"),
    *("https://[fe80::1%25eth0]/", "https://[ff02::1]/", "https://[2001:db8::1]/"),
    *("https://[64:ff9b::a9fe:a9fe]/", "https://[2002:a9fe:a9fe::]/", "https://[fd00:ec2::254]/"),
    *("https://169.254.169.254/latest/meta-data/", "https://100.100.100.200/", "https://0x7f.1/"),
    *("https://10.0.0.5/", "https://192.168.1.1/", "https://172.16.0.1/", "https://100.64.0.1/"),
    *(
        "https://198.18.0.1/",
        "https://192.0.2.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
    ),
    *(
        "https://240.0.0.1/",
        "https://168.63.129.16/",
        "https://192.88.99.1/",
        "https://017700000001/",
    ),
    *(f"https://{name}/" for name in _NAMES if not name.startswith(("ok.", "xn--"))),
    *(
        "https://unknown.example/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://ok_.example/",
    ),
    *("http://ok.example/a.csv", "ftp://ok.example/", "file:///etc/passwd", "gopher://ok.example/"),
    *("jar:https://ok.example!/", "//127.0.0.1/", "https:///x", "https://", "https:ok.example/x"),
    *("https://ok.example:22/", "https://ok.example:8443/", "https://ok.example:99999/"),
    *("https://ok.example:-1/", "https://ok.example:4a/", "https://user:pw@ok.example/"),
    *("https://ok.example@127.0.0.1/", "https://127.0.0.1\\@ok.example/", "https://@ok.example/"),
    *(
        "https://ok.example:443@127.0.0.1/",
        "https://127.0.0.1#@ok.example/",
        "https://ok.example\\/",
    ),
    *("https://127.0.0.1?@ok.example/", "https://ok.example\n.evil.example/", "https://①②⑦.⓪.⓪.①/"),
    *("https://ok.example\t/", "https://ok.example%00.evil.example/", "https://ok%2eexample/"),
    *("https://ok example/", "https://[ok.example]/", "https://ok.example\u202e/x", "https://-a-/"),
    *(
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 130 + "example/",
        "https://ok..example/",
    ),
    *(
        "https://ok.example/" + "x" * 5000,
        "https://1.2.3.4.5/",
        "https://256.1.1.1/",
        "https://\uff11\uff12\uff17.0.0.1/",
    ),
)
_GOOD = (
    *("https://ok.example/data.csv", "https://ok.example:443/x?y=1#z", "https://93.184.216.34/x"),
    *("https://OK.example./x", " https://ok.example/a b.csv ", "https://müller.example/ü"),
    *("https://[2606:2800:220:1:248:1893:25c8:1946]/", "https://8.8.8.8:80/", "https://ok.example"),
)


@pytest.mark.parametrize("location", _HOSTILE)
async def test_a_hostile_address_is_refused(location: str) -> None:
    with pytest.raises(PersonCanFix) as caught:
        await Guard(resolve=resolve).addresses(read_address(location))
    assert caught.value.field == "data"
    assert caught.value.hint
    assert "pw" not in caught.value.message


@pytest.mark.parametrize("location", _GOOD)
async def test_a_good_address_is_accepted(location: str) -> None:
    answers = await Guard(resolve=resolve).addresses(read_address(location))

    assert answers
    assert all(map(is_public, answers))


async def test_a_second_answer_of_the_name_server_leads_nowhere(web: Web, into: Path) -> None:
    answers = [("127.0.0.1",), ("127.0.0.9",), ("127.0.0.9",)]

    async def rebind(_host: str, _port: int) -> Sequence[str]:
        return answers.pop(0)

    web.answers["/rows.csv"] = sends()
    guard = Guard(frozenset({("ok.example", web.port)}), rebind)

    await UrlSource(guard).fetch(web.url(host="ok.example"), into, ANN)

    assert web.asked == [("/rows.csv", f"ok.example:{web.port}")]
    assert len(answers) == 2


async def test_a_name_that_turns_private_on_a_redirect_is_refused(web: Web, into: Path) -> None:
    answers = [("127.0.0.1",), ("10.0.0.1",)]

    async def rebind(host: str, _port: int) -> Sequence[str]:
        return answers.pop(0) if host == "ok.example" else ("192.168.0.1",)

    web.answers["/go"] = redirects("https://other.example/rows.csv")
    guard = Guard(frozenset({("ok.example", web.port)}), rebind)

    error = await refusal(UrlSource(guard), web.url("/go", host="ok.example"), into)

    assert "https://other.example/rows.csv leads into a private network" in error.message


async def test_the_next_address_is_tried_when_one_does_not_answer(web: Web, into: Path) -> None:
    async def both(_host: str, _port: int) -> Sequence[str]:
        return ("127.0.0.77", "127.0.0.1")

    web.answers["/rows.csv"] = sends()
    guard = Guard(frozenset({("ok.example", web.port)}), both)

    assert await UrlSource(guard).fetch(web.url(host="ok.example"), into, ANN)


async def test_tls_asks_for_the_name_at_the_checked_number() -> None:
    seen: list[httpx.Request] = []

    class Inner(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(200)

    transport = CheckedTransport(Guard(resolve=resolve))
    transport._inner = Inner()  # type: ignore[assignment]
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get("https://ok.example/a?b=c")

    assert str(seen[0].url) == "https://93.184.216.34/a?b=c"
    assert seen[0].headers["Host"] == "ok.example"
    assert seen[0].extensions["sni_hostname"] == "ok.example"


async def test_a_name_server_that_does_not_answer_is_tried_again() -> None:
    async def silent(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    with pytest.raises(TryAgain, match="could not be looked up"):
        await Guard(resolve=silent).addresses(read_address("https://ok.example/"))


def test_messages_name_an_address_without_what_is_secret() -> None:
    url = httpx.URL("https://user:pw@host.example:8443/a%0Ab/%E2%80%AE" + "c" * 300 + "?key=1#2")

    assert shown(url).startswith("https://host.example:8443/a_b/_ccc")
    assert len(shown(url)) <= 201


@pytest.mark.parametrize(
    ("page", "file"),
    [
        (
            "https://docs.google.com/spreadsheets/d/1aBcDeFgHiJk/edit?usp=sharing#gid=42",
            "https://docs.google.com/spreadsheets/d/1aBcDeFgHiJk/export?format=csv&gid=42",
        ),
        (
            "https://docs.google.com/spreadsheets/d/1aBcDeFgHiJk",
            "https://docs.google.com/spreadsheets/d/1aBcDeFgHiJk/export?format=csv",
        ),
        (
            "https://drive.google.com/file/d/1aBcDeFgHiJk/view?usp=sharing",
            "https://drive.usercontent.google.com/download?id=1aBcDeFgHiJk&export=download&confirm=t",
        ),
        (
            "https://drive.google.com/open?id=1aBcDeFgHiJk",
            "https://drive.usercontent.google.com/download?id=1aBcDeFgHiJk&export=download&confirm=t",
        ),
        ("https://www.dropbox.com/s/x/a.csv?dl=0", "https://www.dropbox.com/s/x/a.csv?dl=1"),
        (
            "https://github.com/owner/repo/blob/main/a/b%20c.csv",
            "https://github.com/owner/repo/raw/main/a/b%20c.csv",
        ),
        ("https://github.com/owner/repo", "https://github.com/owner/repo"),
        ("https://drive.google.com/drive/folders/x", "https://drive.google.com/drive/folders/x"),
        ("https://example.com/blob/a.csv", "https://example.com/blob/a.csv"),
    ],
)
def test_share_links_lead_to_the_file(page: str, file: str) -> None:
    assert str(download_form(httpx.URL(page))) == file


async def test_google_drive_is_asked_where_the_setting_says(web: Web, into: Path) -> None:
    web.answers["/uc?id=1aBcDeFgHiJk&export=download&confirm=t"] = sends(
        Content_Disposition='attachment; filename="rows.csv"'
    )
    link = "https://drive.google.com/file/d/1aBcDeFgHiJk/view?usp=sharing"

    (path,) = await adapter(gdrive_url=web.url("/")).fetch(link, into, ANN)

    assert path == into / "rows.csv"
    assert path.read_bytes() == _ROWS
