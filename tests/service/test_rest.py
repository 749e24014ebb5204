"""The HTTP interface, asked by a real client over a real connection."""

from __future__ import annotations

import gzip
import io
import re
import socket

import httpx
import numpy as np
import pillow_heif
import pytest
import zstandard
from PIL import Image

from core.classes import ClassList
from core.photos import images
from service.problems import Kind
from tests.conftest import COLOURS, ROAD, SKY, TREE, VOID
from tests.service.conftest import Running


def problem(response: httpx.Response, kind: Kind) -> str:
    """What a problem says; it must be of this kind, and a whole document."""
    assert response.status_code == kind.status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert (document["type"], document["title"], document["status"]) == (kind.type, kind.title, kind.status)
    detail = str(document["detail"])
    assert detail.endswith(".")
    assert "\n" not in detail
    assert "Traceback" not in detail
    return detail


def send(client: httpx.Client, body: bytes, address: str = "/v1/segment", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(address, content=body, headers=named)


def test_the_index_mask_has_the_class_of_every_pixel(client, photo, street):
    answer = send(client, photo, "/v1/segment?size=48&answer=index")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert np.array_equal(np.array(Image.open(io.BytesIO(answer.content))), street)


def test_the_colour_mask_is_in_the_classes_colours(client, photo, street):
    answer = send(client, photo, "/v1/segment?size=48&answer=colour")

    assert np.array_equal(np.array(Image.open(io.BytesIO(answer.content))), COLOURS.palette[street])


def test_json_has_shares_confidence_and_the_mask_in_runs(client, photo, street):
    answer = send(client, photo, "/v1/segment?size=48").json()

    shares = {each["name"]: each["share"] for each in answer["classes"]}
    pixels = street.size
    assert shares == {
        "Sky": (street == SKY).sum() / pixels,
        "Road": (street == ROAD).sum() / pixels,
        "Tree": (street == TREE).sum() / pixels,
        "Void": (street == VOID).sum() / pixels,
    }
    mask = answer["mask"]
    restored = np.repeat(mask["values"], mask["lengths"]).reshape(mask["height"], mask["width"])
    assert np.array_equal(restored, street)
    # Nearest colour, sharpness 8: e^0 against three others' e^-8d; see tests/conftest.py.
    assert 0.99 < answer["mean_confidence"] <= 1


def test_a_form_is_as_good_as_a_body(client, photo):
    form = {"size": "48", "answer": "index"}

    by_form = client.post("/v1/segment", files={"photo": ("street.png", photo)}, data=form)

    assert by_form.content == send(client, photo, "/v1/segment?size=48&answer=index").content


def _heic(picture: Image.Image, file: io.BytesIO) -> None:
    pillow_heif.from_pillow(picture).save(file, quality=95)


@pytest.mark.parametrize(
    "save",
    [
        lambda picture, file: picture.save(file, "JPEG", quality=95),
        lambda picture, file: picture.save(file, "WEBP", quality=95),
        _heic,
    ],
    ids=["JPEG", "WebP", "HEIC"],
)
def test_photos_of_phones_and_of_the_web_are_read(client, street, save):
    large = Image.fromarray(COLOURS.palette[street]).resize((192, 160), Image.Resampling.NEAREST)
    file = io.BytesIO()
    save(large, file)

    answer = send(client, file.getvalue(), "/v1/segment?size=192").json()

    found = np.repeat(answer["mask"]["values"], answer["mask"]["lengths"]).reshape(160, 192)
    assert (found[2::4, 2::4] == street).mean() > 0.95


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstandard.ZstdCompressor().compress)]
)
def test_a_compressed_body_is_expanded(client, photo, encoding, compress):
    plain = send(client, photo, "/v1/segment?size=48")

    answer = send(client, compress(photo), "/v1/segment?size=48", Content_Encoding=encoding)

    assert answer.content == plain.content


def test_a_pixel_is_read_with_its_20_neighbours(client, photo, street):
    answer = send(client, photo, "/v1/read?size=48&row=30&col=20").json()

    assert len(answer["pixels"]) == 21
    assert [pixel["col"] for pixel in answer["pixels"]] == list(range(10, 31))
    assert {pixel["label"] for pixel in answer["pixels"]} == {"Road"}
    chosen = [pixel for pixel in answer["pixels"] if pixel["chosen"]]
    assert [(pixel["row"], pixel["col"]) for pixel in chosen] == [(30, 20)]
    assert answer["sentence"].startswith("Pixel (30, 20) is Road")


def test_an_answer_has_an_address_and_is_sent_only_to_those_who_lack_it(client, photo):
    answer = send(client, photo, "/v1/segment?size=48&answer=index")
    place, tag = answer.headers["content-location"], answer.headers["etag"]

    again = client.get(place)
    unchanged = client.get(place, headers={"If-None-Match": tag})

    assert (again.content, again.headers["etag"]) == (answer.content, tag)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert send(client, photo, "/v1/segment?size=48&answer=index").headers["etag"] == tag
    assert send(client, photo, "/v1/segment?size=40&answer=index").headers["etag"] != tag
    problem(client.get("/v1/answers/0123"), Kind.NO_SUCH_ANSWER)


def test_models_and_classes_are_what_the_card_says(client, colours: ClassList):
    models, classes = client.get("/v1/models").json(), client.get("/v1/classes").json()

    assert [(model["name"], model["summary"], model["classes"]) for model in models] == [
        ("street-lite0", "Nearest colour.", 4)
    ]
    assert [(each["number"], each["name"], tuple(each["colour"])) for each in classes] == [
        (number, each.name, each.colour) for number, each in enumerate(colours.classes)
    ]


def test_health_and_readiness_need_no_key(service: Running):
    with service.client() as nobody:
        assert nobody.get("/healthz").json() == {"status": "alive"}
        assert nobody.get("/readyz").json() == {"status": "ready"}


def test_metrics_count_requests_by_route_and_status(client, photo):
    def counted() -> float:
        text = client.get("/metrics").text
        found = re.search(
            r'^streetscope_requests_total{method="POST",route="/v1/segment",status="200"} (\S+)$', text, re.M
        )
        return float(found[1]) if found else 0

    before = counted()
    send(client, photo, "/v1/segment?size=48")

    assert counted() == before + 1


def test_what_strangers_make_up_is_counted_together(service: Running, client):
    with service.client() as nobody:
        for made_up in ("MADE", "UP", "BREW"):
            problem(nobody.request(made_up, "/healthz"), Kind.WRONG_METHOD)
            problem(nobody.get(f"/{made_up}"), Kind.UNKNOWN_ADDRESS)

    counted = client.get("/metrics").text

    assert not re.search("MADE|UP|BREW", counted)
    assert 'method="other",route="/healthz",status="405"' in counted


def test_the_documentation_needs_no_internet(service: Running):
    with service.client() as nobody:
        page = nobody.get("/docs").text
        linked = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert linked
        assert all(address.startswith("/docs/assets/") for address in linked)
        assert all(nobody.get(address).status_code == 200 for address in linked)


def test_the_document_lists_every_problem_a_route_answers_with(service: Running):
    with service.client() as nobody:
        paths = nobody.get("/openapi.json").json()["paths"]
        for kind in Kind:
            assert nobody.get(kind.type).status_code == 200
    segment = paths["/v1/segment"]["post"]
    assert set(segment["responses"]) == {
        *("200", "400", "401", "403", "404", "408", "413", "415", "422", "429", "500", "503", "504")
    }
    for status, answered in segment["responses"].items():
        for content in answered["content"].values():
            for example in content.get("examples", {}).values():
                assert str(example["value"]["status"]) == status
    assert set(segment["responses"]["200"]["headers"]) == {"ETag", "Cache-Control", "Content-Location"}
    assert all("Retry-After" in segment["responses"][status]["headers"] for status in ("429", "503", "504"))
    assert set(segment["responses"]["429"]["content"]["application/problem+json"]["examples"]) == {
        "too-often",
        "queue-full",
    }
    assert segment["security"] == [{"key": []}]
    assert set(segment["requestBody"]["content"]) >= {"image/jpeg", "image/heic", "multipart/form-data"}
    assert all(
        set(responses["content"]) == {"application/problem+json"}
        for status, responses in segment["responses"].items()
        if status != "200"
    )


def key_refusal(service: Running, authorization: str) -> str:
    with service.client() as nobody:
        return problem(
            nobody.get("/v1/models", headers=[(b"Authorization", authorization.encode("latin-1"))]),
            Kind.NO_KEY,
        )


def test_without_a_valid_key_nothing_is_answered(service: Running, photo):
    key = service.key("segment")
    _, identity, secret = key.split("_")
    with service.client() as nobody:
        for address in ("/v1/models", "/v1/classes", "/v1/answers/0", "/metrics"):
            assert problem(nobody.get(address), Kind.NO_KEY).startswith("A key is needed here")
        refused = send(nobody, photo)
        problem(refused, Kind.NO_KEY)
        assert refused.headers["www-authenticate"].startswith("Bearer")
    wrong = {
        f"Bearer ss_{identity}_{secret[::-1]}",
        f"Bearer ss_00000000_{secret}",
        f"Bearer {key}x",
        f"Bearer {secret}",
        "Bearer " + "ss_" * 3000,
        f"Basic {key}",
        "Bearer",
        "Bearer \xe9\xe9",
    }
    for authorization in wrong:
        key_refusal(service, authorization)


def test_a_key_opens_what_its_scopes_say(service: Running, photo):
    with service.client(service.key("read")) as reader:
        assert send(reader, photo, "/v1/read?size=48&row=1&col=1").status_code == 200
        assert reader.get("/v1/models").status_code == 200
        assert "segment is needed here" in problem(send(reader, photo), Kind.NOT_ALLOWED)
        problem(reader.get("/metrics"), Kind.NOT_ALLOWED)


def test_a_revoked_or_expired_key_opens_nothing_at_once(service: Running):
    from service.access.keys import KeyStore

    key = service.key()
    with service.client(key) as client:
        assert client.get("/v1/models").status_code == 200
        KeyStore(service.folder).revoke(key.split("_")[1])
        assert "revoked" in problem(client.get("/v1/models"), Kind.NO_KEY)
    assert "expired" in key_refusal(service, f"Bearer {service.key(days=1e-9)}")


def test_a_key_that_asks_too_often_is_told_when_to_come_back(service: Running):
    with service.client(service.key(rate="3/hour")) as client, service.client(service.key()) as other:
        assert [client.get("/v1/models").status_code for _ in range(3)] == [200] * 3
        refused = client.get("/v1/models")
        assert "3/hour" in problem(refused, Kind.TOO_OFTEN)
        assert 3500 < int(refused.headers["retry-after"]) <= 3600
        assert other.get("/v1/models").status_code == 200


@pytest.mark.parametrize(
    ("address", "kind", "words"),
    [
        ("/v1/segment?size=31", Kind.BAD_PARAMETER, "32 to 2048"),
        ("/v1/segment?size=2049", Kind.BAD_PARAMETER, "32 to 2048"),
        ("/v1/segment?size=-1", Kind.BAD_PARAMETER, "size"),
        ("/v1/segment?size=\u0665\u0661\u0662", Kind.BAD_PARAMETER, "size"),
        ("/v1/segment?answer=exe", Kind.BAD_PARAMETER, "json, index, colour"),
        ("/v1/segment?colour=red", Kind.BAD_PARAMETER, "there are model, size, answer"),
        ("/v1/segment?size=48&size=64", Kind.BAD_PARAMETER, "twice"),
        ("/v1/read?row=1", Kind.BAD_PARAMETER, "col of the pixel is missing"),
        ("/v1/read?row=1&col=1e3", Kind.BAD_PARAMETER, "whole number"),
        ("/v1/read?size=48&row=40&col=1", Kind.BAD_PARAMETER, "rows are 0 to 39"),
        ("/v1/read?size=48&row=999999999&col=1", Kind.BAD_PARAMETER, "rows are 0 to 39"),
        ("/v1/read?row=1&col=1&shape=star", Kind.BAD_PARAMETER, "row, column, square"),
        ("/v1/segment?model=nobody", Kind.NO_SUCH_MODEL, "the models here are: street-lite0"),
        ("/v1/segment?model=../../etc/passwd", Kind.NO_SUCH_MODEL, "There is no model"),
        ("/v1/segment?model=..%2F..%2Fmodels", Kind.NO_SUCH_MODEL, "There is no model"),
        ("/v1/segment?model=street-lite0%00", Kind.NO_SUCH_MODEL, "There is no model"),
        ("/v1/segment?model=" + "a" * 5000, Kind.NO_SUCH_MODEL, "so long a name"),
        ("/v1/segment?model=%0d%0aX-Evil:%201", Kind.NO_SUCH_MODEL, "There is no model"),
        ("/v1/segment/", Kind.UNKNOWN_ADDRESS, "nothing at this address"),
        ("/v2/segment", Kind.UNKNOWN_ADDRESS, "nothing at this address"),
        ("/v1/segment/../../etc/passwd", Kind.UNKNOWN_ADDRESS, "nothing at this address"),
        ("/v1/models", Kind.WRONG_METHOD, "does not take POST"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_with_what_it_may_be(client, photo, address, kind, words):
    assert words in problem(send(client, photo, address), kind)


def test_paths_cannot_leave_the_documentations_folder(service: Running):
    with service.client() as nobody:
        for path in (
            "/docs/assets/../../core.py",
            "/docs/assets/..%2f__init__.py",
            "/docs/assets//etc/passwd",
        ):
            problem(nobody.get(path), Kind.UNKNOWN_ADDRESS)


def _large_png() -> bytes:
    file = io.BytesIO()
    Image.new("1", (8000, 8000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"", Kind.NOT_A_PHOTO, "empty"),
        (b"hello", Kind.NOT_A_PHOTO, "JPEG, PNG, WebP, HEIC"),
        (b"<svg onload=alert(1)>", Kind.NOT_A_PHOTO, "JPEG, PNG, WebP, HEIC"),
        (b"\xff\xd8\xff" + b"\0" * 500, Kind.DAMAGED_PHOTO, "JPEG"),
        (_large_png(), Kind.TOO_LARGE, "megapixels"),
    ],
    ids=["nothing", "text", "SVG", "a damaged JPEG", "64 megapixels"],
)
def test_what_is_no_photo_is_refused(client, body, kind, words):
    assert words in problem(send(client, body), kind)


def test_half_a_photo_is_refused(client, photo):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    problem(send(client, images.encode_png(noise)[:3000]), Kind.DAMAGED_PHOTO)


def _bomb(encoding: str) -> bytes:
    """64 MB of nothing, in some kilobytes."""
    if encoding == "gzip":
        return gzip.compress(bytes(64 * 1024**2), 1)
    return zstandard.ZstdCompressor().compress(bytes(64 * 1024**2))


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_body_that_expands_without_end_is_refused(client, encoding):
    refused = send(client, _bomb(encoding), Content_Encoding=encoding)

    assert "expands to more than" in problem(refused, Kind.TOO_LARGE)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"no gzip at all"),
        ("gzip", gzip.compress(b"half of it is missing" * 100)[:40]),
        ("zstd", b"no zstd at all"),
    ],
    # Not the bytes: gzip writes the time into them, and each of pytest's processes would have other names.
    ids=["no gzip", "half of a gzip", "no zstd"],
)
def test_a_damaged_compressed_body_is_refused(client, encoding, body):
    assert encoding in problem(send(client, body, Content_Encoding=encoding), Kind.BROKEN_BODY)


def test_an_unknown_compression_is_refused_with_those_that_are_known(client, photo):
    for encoding in ("br", "gzip, gzip", "x"):
        refused = send(client, photo, Content_Encoding=encoding)
        assert "gzip or zstd" in problem(refused, Kind.UNKNOWN_ENCODING)
        assert refused.headers["accept-encoding"] == "gzip, zstd"


def test_a_form_that_holds_no_photo_is_refused(client, photo):
    assert "photo" in problem(client.post("/v1/segment", files={"file": photo}), Kind.NOT_A_PHOTO)
    two = [("photo", photo), ("photo", photo)]
    assert "too many parts; send one photo" in problem(
        client.post("/v1/segment", files=two), Kind.BROKEN_BODY
    )
    both = client.post("/v1/segment?size=64", files={"photo": photo}, data={"size": "48"})
    assert "give it once" in problem(both, Kind.BAD_PARAMETER)
    problem(send(client, photo, Content_Type="multipart/form-data"), Kind.BROKEN_BODY)
    problem(send(client, photo, Content_Type="multipart/form-data; boundary=x"), Kind.BROKEN_BODY)
    many = {f"field{number}": "x" for number in range(40)}
    problem(client.post("/v1/segment", files={"photo": photo}, data=many), Kind.BROKEN_BODY)


def test_a_body_above_the_limit_is_refused_before_it_is_sent(service: Running):
    raw = _raw(service, b"Content-Length: 99999999999")

    assert raw.startswith(b"HTTP/1.1 413 ")


def test_a_body_without_a_length_is_counted_as_it_comes(client):
    def endless():
        for _ in range(60):
            yield b"\0" * 1024**2

    assert "has more than" in problem(client.post("/v1/segment", content=endless()), Kind.TOO_LARGE)


def _raw(service: Running, header: bytes, body: bytes = b"") -> bytes:
    """What is answered to a request that no library would send, as far as it comes at once."""
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        start = b"POST /v1/segment HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + service.key().encode()
        connection.sendall(start + b"\r\n" + header + b"\r\n\r\n" + body)
        return connection.recv(4096)


def test_half_a_request_harms_nobody(service: Running, client, photo):
    host, port = service.url.removeprefix("http://").split(":")
    for half in (
        b"",
        b"POST",
        b"POST /v1/segment HTTP/1.1\r\nHost",
        b"\x16\x03\x01\x02\x00\x01",
        b"\0" * 9000,
    ):
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(half)
    assert _raw(service, b"Content-Length: x").startswith(b"HTTP/1.1 400 ")
    assert send(client, photo, "/v1/segment?size=48").status_code == 200
