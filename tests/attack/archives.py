"""Hostile zips of photos, as if they were uploaded, and hostile archives of data sets, as if downloaded."""

from __future__ import annotations

import contextlib
import functools
import gzip
import hashlib
import http.server
import io
import random
import struct
import tarfile
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from core.datasets.acquire.download import Source, download
from core.errors import ArchiveError, StreetScopeError
from core.photos import guarded
from core.photos.archives import is_zip, photos_in_zip
from core.photos.images import MAX_BYTES
from core.segmentation.sizes import LARGEST_SIZE
from tests.attack._dear_pictures import dear_pictures
from tests.attack._decoder import MAX_MEGABYTES
from tests.attack.tally import Outcome, Tally
from tests.conftest import write_dataset
from tests.pictures import NOISE, into_jpeg, save, segment

MAX_SECONDS = 10.0
"""Of processor for a whole archive, which may hold 400 MB: ten times the largest photo."""

MUTATED = 100
"""Of zips, and as many of data sets' archives."""

_MEGABYTE = 1024 * 1024
_SEED = 17


def attack(tally: Tally, folder: Path) -> None:
    """Try the zips, then the archives of data sets, which are downloaded from a server on this machine."""
    for name, data in {
        **_zips(),
        **dict(_mutated("zip", _zip({"a.jpg": _photo(), "b.png": _png()}))),
    }.items():
        _try_zip(tally, name, data)
    good = _good_dataset(folder)
    archives = {**_tars(), **dict(_mutated("tgz", good)), **_mutated_tars(good)}
    for number, (name, data) in enumerate(archives.items()):
        _try_download(tally, name, data, folder / str(number))
    _try_again(tally, archives, good, folder)


# --- zips of photos -------------------------------------------------------------------------------


def _zips() -> dict[str, bytes]:
    photo, photos = _photo(), {f"{n}.jpg": _photo() for n in range(60)}
    bomb, nested = bytes(60 * _MEGABYTE), _zip({"a.jpg": photo})
    for _ in range(5):
        nested = _zip({"inner.zip": nested})
    dear = dear_pictures()
    plain = _zip({"a.jpg": photo})
    return {
        "one photo": plain,
        "60 photos": _zip(photos),
        "a bomb": _zip({"a.jpg": bomb}),
        "ten bombs": _zip({f"{n}.jpg": bomb for n in range(10)}),
        "a bomb that begins as a photo": _zip({"a.jpg": photo + bomb}),
        "ten photos of fill bytes": _zip({f"{n}.jpg": dear["JPEG: fill bytes"]() for n in range(10)}),
        # As much as may be unpacked, with just enough that cannot be packed: each file grows 130 times.
        "ten photos of fill bytes and noise": _zip({f"{n}.jpg": _hardly_packed() for n in range(10)}),
        "zips in zips": nested,
        "100,000 files": _zip({f"{n}": b"" for n in range(100_000)}),
        "files at one place": _overlapping(photo, 1000),
        "no files": _zip({}),
        "folders only": _zip({"a/": b"", "b/c/": b""}),
        "equal names": _zip_of([("a.jpg", photo)] * 40),
        "absolute paths": _zip({"/etc/passwd": photo, "C:\\a.jpg": photo, "\\\\server\\a.jpg": photo}),
        "paths upwards": _zip({"../../../../tmp/a.jpg": photo, "..\\..\\a.jpg": photo, "..": photo}),
        "names of no letters": _zip({"\x01\x02": photo, "\u202egpj.exe": photo, " ": photo, ".": photo}),
        "a name of 60,000 letters": _zip({"a" * 60_000 + ".jpg": photo}),
        "links": _zip_of([(_info("a.jpg", 0o120777), b"/etc/passwd")]),
        "devices": _zip_of([(_info("a.jpg", 0o020666), b""), (_info("b.jpg", 0o010666), b"")]),
        "a password": _patched(plain, flags=1),
        "unknown packing": _patched(plain, packing=97),
        "bzip2": _zip({"a.jpg": bomb}, zipfile.ZIP_BZIP2),
        "lzma": _zip({"a.jpg": bomb}, zipfile.ZIP_LZMA),
        "a size of 0": _patched(plain, size=0),
        "a size of 4 GB": _patched(plain, size=2**32 - 2),
        "zip64": _zip64(photo),
        "a comment": plain[:-2] + struct.pack("<H", 65_535) + b"PK\5\6" * 16_383,
        "two ends": plain + plain,
        "before a zip": photo + plain,
        "the end alone": b"PK\5\6" + b"\xff" * 18,
        "many ends": b"PK\3\4" + b"PK\5\6" * 200_000,
    }


def _photo() -> bytes:
    return save(NOISE, "JPEG")


def _hardly_packed() -> bytes:
    noise = random.Random(_SEED).randbytes(60_000)
    return into_jpeg(_photo(), segment(0xE1, noise) * 5, b"\xff" * (MAX_BYTES - 400_000))


def _png() -> bytes:
    return save(NOISE, "PNG")


def _zip(files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    return _zip_of(list(files.items()), packing)


def _zip_of(
    files: Sequence[tuple[str | zipfile.ZipInfo, bytes]], packing: int = zipfile.ZIP_DEFLATED
) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", packing, compresslevel=1) as archive:
        warnings.simplefilter("ignore")  # of names that come twice
        for name, content in files:
            archive.writestr(name, content)
    return file.getvalue()


def _info(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def _patched(
    data: bytes, *, flags: int | None = None, packing: int | None = None, size: int | None = None
) -> bytes:
    """A zip of one file whose list says something else of it. Source: APPNOTE.TXT 6.3.10, section 4.3.12."""
    patched = bytearray(data)
    for signature, at_flags, at_size in ((b"PK\1\2", 8, 24), (b"PK\3\4", 6, 22)):
        at = data.index(signature)
        if flags is not None:
            struct.pack_into("<H", patched, at + at_flags, flags)
        if packing is not None:
            struct.pack_into("<H", patched, at + at_flags + 2, packing)
        if size is not None:
            struct.pack_into("<I", patched, at + at_size, size)
    return bytes(patched)


def _overlapping(photo: bytes, times: int) -> bytes:
    """Many files whose contents are all the same bytes of the zip."""
    one = _zip({"a.jpg": photo})
    start = one.index(b"PK\1\2")
    entry = one[start : one.index(b"PK\5\6")]
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, times, times, len(entry) * times, start, 0)
    return one[:start] + entry * times + end


def _zip64(photo: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("a.jpg", "w", force_zip64=True) as member:
        member.write(photo)
    return file.getvalue()


def _mutated(kind: str, good: bytes) -> Iterator[tuple[str, bytes]]:
    """The archive with a few bytes changed, or cut."""
    chance = random.Random(_SEED)
    for number in range(MUTATED):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            # Half of the changes go to the end, where a zip has its list.
            at = (
                chance.randrange(len(data))
                if chance.random() < 0.5
                else -1 - chance.randrange(min(200, len(data)))
            )
            data[at] = chance.randrange(256)
        yield f"{kind} {number}", bytes(data[: chance.choice((len(data), chance.randrange(4, len(data))))])


def _try_zip(tally: Tally, name: str, data: bytes) -> None:
    _measured(tally, f"zip: {name}", lambda: _read_zip(data))


def _read_zip(data: bytes) -> Outcome:
    """As the page does it: each file of a zip is decoded, and each refusal is a sentence."""
    if not is_zip(data):
        return "refused"
    taken: Outcome = "refused"
    for _, content in photos_in_zip(data):
        if isinstance(content, ArchiveError):
            continue
        with contextlib.suppress(StreetScopeError):
            guarded.decode_scaled(content, LARGEST_SIZE)
            taken = "taken"
    return taken


# --- archives of data sets ------------------------------------------------------------------------


def _good_dataset(folder: Path) -> bytes:
    root = write_dataset(folder, dict.fromkeys(("a", "b"), NOISE[..., 0] % 4), valid=("a.png",), name="good")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(root, "set")
    return packed.getvalue()


def _tars() -> dict[str, bytes]:
    kinds = {
        "a link": tarfile.SYMTYPE,
        "a hard link": tarfile.LNKTYPE,
        "a pipe": tarfile.FIFOTYPE,
        "a device": tarfile.CHRTYPE,
        "a disk": tarfile.BLKTYPE,
        "a sparse file": tarfile.GNUTYPE_SPARSE,
        "an unknown kind": b"V",
    }
    places = (
        "/attack-outside",
        "../outside",
        "a/../../outside",
        "..\\outside",
        "",
        ".",
        "a" * 300,
        "a/" * 3000,
    )
    chains = {
        "pax": (tarfile.XHDTYPE, b"9 path=b\n"),
        "global pax": (tarfile.XGLTYPE, b"9 path=b\n"),
        "long names": (tarfile.GNUTYPE_LONGNAME, b"name\0"),
        "long links": (tarfile.GNUTYPE_LONGLINK, b"name\0"),
        "pax of 60 kB": (tarfile.XHDTYPE, b"6 a=b\n" * 10_000),
    }
    return {
        **{name: _tar((_member("a", kind, linkname="/etc/passwd"), b"")) for name, kind in kinds.items()},
        **{f"the place {place[:20]!r}": _tar((_member(place), b"harm")) for place in places},
        **{
            f"{times} chained headers, {name}": _chained(kind, content, times)
            for name, (kind, content) in chains.items()
            for times in (100, 300, 3000)
        },
        "a file as a folder": _tar((_member("a"), b"a"), (_member("a/b"), b"b")),
        "100,000 files": _many_files(100_000),
        "a bomb": gzip.compress(
            _member("a", size=4 * 1024**3).tobuf(tarfile.GNU_FORMAT) + bytes(300 * _MEGABYTE), 1
        ),
        "a negative size": gzip.compress(_negative_size()),
        "a header of a gigabyte": gzip.compress(_member("a", tarfile.XHDTYPE, size=1024**3).tobuf()),
        "no tar": gzip.compress(b"hello" * 1000),
        "no gzip": b"hello" * 1000,
        "nothing in it": _tar(),
        "no data set in it": _tar((_member("a"), b"a")),
    }


def _member(
    name: str, kind: bytes = tarfile.REGTYPE, *, size: int = 0, linkname: str = ""
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, linkname
    return info


def _tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file.getvalue()


def _chained(kind: bytes, content: bytes, times: int) -> bytes:
    header = _member("././@LongLink", kind, size=len(content)).tobuf(tarfile.USTAR_FORMAT)
    block = header + content + bytes(-len(content) % tarfile.BLOCKSIZE)
    return gzip.compress(block * times + _member("a").tobuf() + bytes(1024), 1)


def _many_files(files: int) -> bytes:
    return gzip.compress(b"".join(_member(f"{n}").tobuf() for n in range(files)) + bytes(1024), 1)


def _negative_size() -> bytes:
    """A number in base 256, as GNU tar writes what octal digits cannot say."""
    header = bytearray(_member("a").tobuf())
    header[124:136] = b"\xff" * 11 + b"\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def _mutated_tars(good: bytes) -> dict[str, bytes]:
    """Mutated before they are packed, so that it is not gzip's checksum that notices."""
    plain = gzip.decompress(good)
    chance = random.Random(_SEED)
    found = {}
    for number in range(MUTATED):
        data = bytearray(plain)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(0, len(data), 512) + chance.randrange(160)] = chance.randrange(256)
        found[f"tar {number}"] = gzip.compress(bytes(data), 1)
    return found


def _try_download(tally: Tally, name: str, data: bytes, folder: Path) -> None:
    _measured(tally, f"data set: {name}", lambda: _download(data, folder))
    if folder.exists() and any(
        path.is_symlink() or not (path.is_dir() or path.is_file()) for path in folder.rglob("*")
    ):
        tally.count("lost", f"data set: {name}: a link or a device was made")


def _download(data: bytes, folder: Path) -> Outcome:
    """Twice: after an error nothing may be left that makes the next try fail."""
    with _served(data) as address:
        source = Source(
            "set",
            f"{address}set.tgz",
            len(data),
            hashlib.md5(data[:_MEGABYTE], usedforsecurity=False).hexdigest(),
        )
        try:
            download(source, folder, allowed=(address,), attempts=1, pause=0.0)
        except StreetScopeError as error:
            if "\n" in str(error):
                return "traceback"
            return "lost" if any(folder.iterdir()) else "refused"
    return "taken"


def _try_again(tally: Tally, archives: Mapping[str, bytes], good: bytes, folder: Path) -> None:
    """After each refused archive the right one is downloaded to the same place."""
    for name, data in archives.items():
        if "chained" in name:
            place = folder / f"again {name}"
            _measured(tally, f"data set: {name}", functools.partial(_download, data, place))
            _measured(
                tally, f"data set: the right one after {name}", functools.partial(_must_download, good, place)
            )


def _must_download(data: bytes, folder: Path) -> Outcome:
    if (folder / "set").exists():
        return "taken"  # the archive before was no harm
    return "taken" if _download(data, folder) == "taken" else "lost"


@contextlib.contextmanager
def _served(data: bytes) -> Iterator[str]:
    """A server on this machine that has one file; gives its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --- both -----------------------------------------------------------------------------------------


def _measured(tally: Tally, name: str, work: Callable[[], Outcome]) -> None:
    """Count what came of some work, with its processor time and memory in this process."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak: proc(5)
    before, start = psutil.Process().memory_info().rss, time.process_time()
    try:
        outcome = work()
    except StreetScopeError as error:
        outcome = "traceback" if "\n" in str(error) else "refused"
    except Exception as error:
        outcome, name = "traceback", f"{name}: {error!r}"
    seconds = time.process_time() - start
    megabytes = max(0, _peak() - before) / _MEGABYTE
    if outcome in ("taken", "refused") and (seconds > MAX_SECONDS or megabytes > MAX_MEGABYTES):
        outcome = "too much"
    tally.count(
        outcome, f"{name} ({seconds:.1f} s, {megabytes:.0f} MB)", seconds=seconds, megabytes=megabytes
    )


def _peak() -> int:
    """The most memory that this process has had, in bytes, where the system says it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
