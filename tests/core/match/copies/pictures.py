"""A library of pictures in memory: features and thumbnails are made as a scan makes them, without files."""

import io
from pathlib import Path

import numpy as np
from blake3 import blake3
from PIL import Image, ImageDraw, ImageOps

from photodedup.core.catalogue import Catalogue, Record, Wanted
from photodedup.core.fingerprint.features import describe
from photodedup.core.fingerprint.waves import VERSION
from photodedup.core.match import find_matches
from photodedup.core.match.copies.find import find_edits
from photodedup.core.values import Fingerprint, Kind, Library, Photo
from tests.pictures import scene


def textured(seed, width=640, height=480):
    """A scene with small things in it, as photos have them."""
    random = np.random.default_rng(seed + 1000)
    image = scene(seed, width, height)
    draw = ImageDraw.Draw(image)
    for _ in range(160):
        x, y, size = random.integers(0, width), random.integers(0, height), random.integers(4, 26)
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape((x, y, x + size, y + size * float(random.uniform(0.5, 1.5))), fill=colour)
    return image


def crop(image, keep, right=0.3, down=0.6):
    """A part of a picture, and the transform from it to the whole in shares of width and height."""
    width, height = round(image.width * keep), round(image.height * keep)
    x, y = round((image.width - width) * right), round((image.height - height) * down)
    part = image.crop((x, y, x + width, y + height))
    place = ((width / image.width, 0, x / image.width), (0, height / image.height, y / image.height))
    return part, np.array(place)


def screenshot(image):
    """A phone that shows a picture, between two bars."""
    phone = Image.new("RGB", (540, 1080), (12, 12, 14))
    shown = ImageOps.contain(image, (540, 850))
    phone.paste(shown, (0, (1080 - shown.height) // 2))
    draw = ImageDraw.Draw(phone)
    draw.rectangle((0, 0, 540, 45), fill=(30, 30, 34))
    draw.text((30, 15), "12:34 87%", fill="white")
    draw.rectangle((0, 1015, 540, 1080), fill=(30, 30, 34))
    draw.text((30, 1040), "share edit delete", fill="white")
    return phone


def caption(image, words="WHEN YOU FIND THE COPY"):
    """A picture under a white strip with words."""
    high = image.height // 8
    made = Image.new("RGB", (image.width, image.height + high), "white")
    made.paste(image, (0, high))
    ImageDraw.Draw(made).text((image.width // 6, high // 3), words, fill="black", font_size=high // 3)
    return made


def as_jpeg(image, quality=85):
    """A picture as a codec leaves it."""
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=quality)
    return Image.open(stored).convert("RGB"), stored.getvalue()


def record(name, image):
    """What a scan measures of a picture."""
    image, data = as_jpeg(image)
    grey = image.convert("L")
    grey.thumbnail((512, 512))
    small = image.copy()
    small.thumbnail((320, 320))
    content = blake3(data).digest()
    bits = blake3(data).digest()
    seen = Fingerprint(content, bits, content[:16], False, image.width, image.height, "JPEG", None, "")
    photo = Photo(Path(f"/photos/{name}.jpg"), len(data), 0, 1, int.from_bytes(content[:6], "big"))
    return Record(photo, seen, as_jpeg(small, 80)[1], describe(np.asarray(grey)))


def edits_among(pictures, stop=None, tell=None):
    """The edits of a library of pictures by name: copy, source, transform, likeness."""
    records = sorted(
        (record(name, image) for name, image in pictures.items()), key=lambda each: each.photo.path
    )
    library = Library([each.photo for each in records], [each.fingerprint for each in records])
    matches = find_matches(library, 64, frozenset({Kind.IDENTICAL_FILE}))
    with Catalogue(None) as catalogue:
        catalogue.remember(records, Wanted("phash256", 1, 1, VERSION))
        edits = find_edits(library, matches, np.arange(len(library), dtype=np.int32), catalogue, tell, stop)
    names = [each.photo.path.stem for each in records]
    ends = zip(edits.copy.tolist(), edits.source.tolist(), strict=True)
    return [
        (names[copy], names[source], edits.transform[at], float(edits.likeness[at]))
        for at, (copy, source) in enumerate(ends)
    ]


def pairs(edits):
    """Copy and source of each edit."""
    return {(copy, source) for copy, source, _, _ in edits}
