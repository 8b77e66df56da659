"""No file stops a scan: each is a photo or a reasoned skip, at a bounded cost, and no process survives."""

import io
import os
import random
import resource
import signal
import struct
import threading
import time
import zlib
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from photodedup.core.catalogue import Catalogue
from photodedup.core.decode import Limits, Task, Workers, identity
from photodedup.core.fingerprint import DEFAULT_RECIPE, fingerprints
from photodedup.core.scan import look
from photodedup.core.values import Skipped, SkipReason
from tests.core import raws
from tests.pictures import save, scene


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, *between):
    """A PNG of nothing but zeros, which compress a thousandfold."""
    row = 1 + (width * depth * {0: 1, 2: 3}[colour] + 7) // 8
    squeeze = zlib.compressobj(1)
    blank = b"".join(squeeze.compress(bytes(row * 100)) for _ in range(height // 100)) + squeeze.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(between) + chunk(b"IDAT", blank) + chunk(b"IEND", b"")


def jpeg(**options):
    stream = io.BytesIO()
    scene(1, 320, 240).save(stream, "JPEG", **options)
    return stream.getvalue()


def many_scans(count):
    """A progressive JPEG of 100 megapixels whose every scan says that nothing follows."""
    frame = b"\xff\xc2\0\x0b\x08" + struct.pack(">HH", 10000, 10000) + b"\1\1\x11\0"
    tables = b"\xff\xdb\0\x43\0" + b"\1" * 64 + b"\xff\xc4\0\x14\x10\1" + bytes(15) + b"\xe0"
    tables += b"\xff\xc4\0\x14\x00\1" + bytes(15) + b"\0"
    blocks = 1250 * 1250
    runs = ("0" + "1" * 14) * -(-blocks // 32767)
    runs += "1" * (-len(runs) % 8)
    coded = int(runs, 2).to_bytes(len(runs) // 8).replace(b"\xff", b"\xff\0")
    first = b"\xff\xda\0\x08\1\1\0\0\0\0" + bytes(blocks // 8 + 1)
    return (
        b"\xff\xd8" + frame + tables + first + (b"\xff\xda\0\x08\1\1\0\1\x3f\0" + coded) * count + b"\xff\xd9"
    )


def exif_flood():
    """EXIF whose directories have 65,535 entries each and point at each other."""
    entry = struct.pack("<HHII", 0x8769, 4, 1, 8)
    directory = b"II*\0" + struct.pack("<IH", 8, 65535) + entry * 5000 + struct.pack("<I", 8)
    segment = b"Exif\0\0" + directory[:65000]
    part = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    data = jpeg()
    return data[:2] + part * 200 + data[2:]


def gif_flood(frames):
    head = b"GIF89a" + struct.pack("<HH", 5000, 5000) + b"\x80\0\0" + bytes(6)
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, 5000, 5000) + b"\0\2\2\x4c\1\0"
    return head + frame * frames + b";"


def saved(picture, form, **options):
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def vp8l(side):
    """A WebP of 34 bytes and of as many pixels as are said."""
    head = b"\x2f" + struct.pack("<I", (side - 1) | (side - 1) << 14)
    return b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0" + head + bytes(9)


def heif(side):
    pillow_heif.register_heif_opener()
    said, lie = struct.pack(">II", 320, 240), struct.pack(">II", side, side)
    return saved(scene(1, 320, 240), "HEIF").replace(said, lie)


BOMBS = {
    "zeros.png": lambda: png(20000, 10000, 1, 0),
    "colour.png": lambda: png(8000, 8000, 8, 2),
    "larger than any photo.png": lambda: png(40000, 40000, 1, 0)[:5000],
    "text.png": lambda: png(100, 100, 8, 2, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(80 << 20), 1))),
    "profile.png": lambda: png(100, 100, 8, 2, chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(80 << 20), 1))),
    "scans.jpg": lambda: many_scans(3000),
    "exif.jpg": exif_flood,
    "comments.jpg": lambda: jpeg()[:2] + (b"\xff\xfe\xff\xff" + bytes(65533)) * 500 + jpeg()[2:],
    "frames.gif": lambda: gif_flood(20000),
    "postscript.jpg": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n",
    "postscript 2.jpg": lambda: b"\xff\xd8\xff\xe0 %!PS-Adobe-3.0 EPSF-3.0\n",
    "size.jpg": lambda: jpeg().replace(struct.pack(">HH", 240, 320), struct.pack(">HH", 65500, 65500)),
    "wide.jpg": lambda: jpeg().replace(struct.pack(">HH", 240, 320), struct.pack(">HH", 1, 65500)),
    "lies.jpg": lambda: jpeg().replace(struct.pack(">HH", 240, 320), struct.pack(">HH", 20000, 25000)),
    "34 bytes.webp": lambda: vp8l(16383),
    "34 bytes, 118 megapixels.webp": lambda: vp8l(10900),
    "zeros.tif": lambda: saved(Image.new("L", (14000, 14000)), "TIFF", compression="tiff_adobe_deflate"),
    "lies.heic": lambda: heif(15000),
    "lies larger.heic": lambda: heif(40000),
    "preview.dng": lambda: raws.dng(BOMBS["lies.jpg"]()),
    "scans.nef": lambda: raws.nef(many_scans(3000)),
    "beginnings.cr3": lambda: raws.cr3(b"\xff\xd8\xff\xe1\xff\xff" * 300_000),
    "lies.bmp": lambda: (
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 99, 0, 54, 40, 14000, 14000, 1, 24, *[0] * 6)
    ),
}  # fmt: skip


@pytest.fixture
def bombs(tmp_path):
    folder = tmp_path / "bombs"
    folder.mkdir()
    for name, made in BOMBS.items():
        (folder / name).write_bytes(made())
    save(scene(1), folder / "photo.jpg")
    return folder


def peak(pid):
    """The most memory that a process held, in KiB; `ru_maxrss` would count what its parent held before."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(told.split("VmHWM:")[1].split()[0])


def cost(stream):
    """Measure a file, and tell seconds of processor time and peak memory in bytes, of this process so far."""
    from photodedup.core.fingerprint.measure import measure

    began = sum(os.times()[:2])
    try:
        measure(stream, DEFAULT_RECIPE.name)
    finally:
        with Path(COSTS).open("a") as costs:
            costs.write(f"{sum(os.times()[:2]) - began} {peak('self')}\n")
    return True


COSTS = os.environ.get("PHOTODEDUP_TEST_COSTS", os.devnull)


def test_no_bomb_costs_more_than_its_limit_or_stops_the_others(bombs, tmp_path, monkeypatch):
    monkeypatch.setenv("PHOTODEDUP_TEST_COSTS", str(tmp_path / "costs"))
    monkeypatch.setenv("PHOTODEDUP_WORKER_OPEN", "1")  # so that the workers can write the costs down
    tasks = [Task(path, cost, key=path.name) for path in sorted(bombs.iterdir())]
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Workers(1, Limits(cpu=2.0)) as pool:
        answers = {task.key: answer for task, answer in pool.run(tasks)}
        pids = pool.pids()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert answers.keys() == {*BOMBS, "photo.jpg"}
    assert answers["photo.jpg"] is True
    assert all(answer is True or answer.detail.endswith(".") for answer in answers.values())
    costs = [line.split() for line in (tmp_path / "costs").read_text().splitlines()]
    assert max(float(seconds) for seconds, _ in costs) < 3.0
    assert max(int(kib) for _, kib in costs) << 10 < (1 << 30) + (150 << 20)
    assert ended.ru_utime - began.ru_utime < 2.0 * len(tasks)
    reasons = {name: answer.reason for name, answer in answers.items() if isinstance(answer, Skipped)}
    assert reasons["scans.jpg"] is SkipReason.TOO_SLOW
    assert reasons["larger than any photo.png"] is SkipReason.TOO_LARGE
    assert reasons["34 bytes.webp"] in (SkipReason.TOO_LARGE, SkipReason.DAMAGED)
    assert reasons["size.jpg"] is SkipReason.TOO_LARGE
    assert reasons["postscript.jpg"] is SkipReason.UNSUPPORTED_FORMAT
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_what_is_no_file_or_endless_is_a_reasoned_skip_at_no_cost(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    os.mkfifo(folder / "pipe.jpg")
    (folder / "endless.jpg").symlink_to("/dev/zero")
    for name, head in (("sparse.jpg", b""), ("sparse.png", b"\x89PNG\r\n\x1a\n")):
        with (folder / name).open("wb") as file:
            file.write(head)
            file.truncate(4 << 30)
    save(scene(1), folder / "photo.jpg")
    looked = look([folder])
    reasons = {each.path.name: each.reason for each in looked.skipped}
    began, children = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with Workers(2) as pool, Catalogue(None) as catalogue:
        for answer in fingerprints(looked.photos, DEFAULT_RECIPE, catalogue, pool):
            reasons[(answer.path if isinstance(answer, Skipped) else answer[0].path).name] = getattr(
                answer, "reason", None
            )
        pids = pool.pids()
        peaks = [peak(pid) for pid in pids]
    assert reasons == {
        "pipe.jpg": SkipReason.SPECIAL_FILE,
        "endless.jpg": SkipReason.LINK,
        "sparse.jpg": SkipReason.DAMAGED,
        "sparse.png": SkipReason.DAMAGED,
        "photo.jpg": None,
    }
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert time.process_time() - began < 2.0
    assert ended.ru_utime + ended.ru_stime - children.ru_utime - children.ru_stime < 10.0
    assert max(peaks) << 10 < (1 << 30) + (150 << 20)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.mark.corpus
def test_no_hostile_or_odd_file_of_the_corpus_costs_more_than_its_limit(corpus, tmp_path, monkeypatch):
    monkeypatch.setenv("PHOTODEDUP_TEST_COSTS", str(tmp_path / "costs"))
    monkeypatch.setenv("PHOTODEDUP_WORKER_OPEN", "1")
    looked = look([corpus / "hostile", corpus / "formats"])
    tasks = [Task(photo.path, cost, seen=identity(photo)) for photo in looked.photos]
    with Workers(2) as pool:
        answers = [answer for _, answer in pool.run(tasks)]
        pids = pool.pids()
    assert len(answers) == len(tasks) > 250
    assert all(answer is True or answer.detail.endswith(".") for answer in answers)
    assert all(each.detail.endswith(".") for each in looked.skipped)
    costs = [line.split() for line in (tmp_path / "costs").read_text().splitlines()]
    assert len(costs) == len(tasks)
    assert max(float(seconds) for seconds, _ in costs) < 10.0
    assert max(int(kib) for _, kib in costs) << 10 < (1 << 30) + (150 << 20)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def killer(pool, counted, ended, seed):
    """Kills a worker now and then, never two over one file: five answers later another may go."""
    dice = random.Random(seed)
    while not ended.is_set():
        time.sleep(dice.random() * 0.02)
        if pids := pool.pids():
            try:
                os.kill(dice.choice(pids), signal.SIGKILL)
            except ProcessLookupError:
                continue
            counted[1] += 1
        enough = counted[0] + dice.randint(5, 8)
        while counted[0] < enough and not ended.is_set():
            time.sleep(0.001)


def everything(folder, disturb):
    """All answers of a scan by name, and how many workers were killed."""
    counted, ended = [0, 0], threading.Event()
    found = {}
    with Workers(2) as pool, Catalogue(None) as catalogue:
        thread = threading.Thread(target=killer, args=(pool, counted, ended, 1))
        if disturb:
            thread.start()
        for answer in fingerprints(look([folder]).photos, DEFAULT_RECIPE, catalogue, pool):
            counted[0] += 1
            path = answer.path if isinstance(answer, Skipped) else answer[0].path
            found[path.name] = answer if isinstance(answer, Skipped) else answer[1]
        ended.set()
        if disturb:
            thread.join()
    return found, counted[1]


def test_workers_killed_at_random_change_no_result(tmp_path):
    folder = tmp_path / "photos"
    for seed in range(40):
        save(scene(seed % 8, 320 + seed, 240), folder / f"{seed}.jpg")
    (folder / "cut.jpg").write_bytes((folder / "1.jpg").read_bytes()[:3000])
    calm, _ = everything(folder, disturb=False)
    disturbed, killed = everything(folder, disturb=True)
    assert killed >= 3
    assert disturbed == calm
    assert len(calm) == 41
