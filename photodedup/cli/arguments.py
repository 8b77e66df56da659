"""What the command line understands.

In: the functions that do the commands. Out: the parser, which raises one sentence on wrong use.
"""

from __future__ import annotations

import argparse
import math
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from photodedup import __version__
from photodedup.core.catalogue import default_catalogue
from photodedup.core.errors import WrongUseError
from photodedup.core.fingerprint import DEFAULT_RECIPE, RECIPES
from photodedup.core.line import LOOKED_FOR
from photodedup.core.match.model import FAMILIES, USUAL
from photodedup.core.values import Kind, Pairs

Run = Callable[[argparse.Namespace, threading.Event], bool]
"""Does a command and says whether something failed."""


class Parser(argparse.ArgumentParser):
    """A parser that tells wrong use in one sentence, without the lines of usage before it."""

    def error(self, message: str) -> NoReturn:
        """Tells what argparse found wrong.

        Raises:
            WrongUseError: Always.
        """
        sentence = message.removeprefix("argument ")
        if sentence != message and ": --" in sentence:  # our own sentences name their option themselves
            sentence = sentence.partition(": ")[2]
        raise WrongUseError(f"{sentence}. See: {self.prog} --help")


def make_parser(run: Mapping[str, Run]) -> argparse.ArgumentParser:
    """Makes the parser; `options.run` is the function of the command that was given."""
    parser = Parser(
        "photodedup",
        usage="photodedup [FOLDER...]  or  photodedup COMMAND ...",
        description="Cleans a photo library of its copies. Without a command it opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"photodedup {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    scan = commands.add_parser("scan", prog="photodedup scan", help="find copies in folders")
    _add_scan(scan)
    find = commands.add_parser("find", prog="photodedup find", help="find the copies of one photo in folders")
    _add_find(find)
    _add_compare(
        commands.add_parser("compare", prog="photodedup compare", help="say how alike two photos are")
    )
    trash = commands.add_parser(
        "trash",
        prog="photodedup trash",
        help="list what a plan would move to the trash, or move it with --yes",
    )
    trash.add_argument("plan", type=Path, metavar="PLAN", help="a file that scan --plan wrote")
    trash.add_argument("--yes", action="store_true", help="move the photos, and print the name of the batch")
    trash.add_argument(
        "--quarantine",
        action="store_true",
        help="move what has no trash to the folder photodedup-removed on its own drive",
    )
    history = commands.add_parser(
        "history", prog="photodedup history", help="list the batches that were moved to the trash"
    )
    history.add_argument("--json", action="store_true", help="print JSON")
    undo = commands.add_parser("undo", prog="photodedup undo", help="put a batch back where it was")
    undo.add_argument("batch", nargs="?", metavar="BATCH", help="the name of a batch (default: the latest)")
    if "serve" in run:
        _add_serve(
            commands.add_parser("serve", prog="photodedup serve", help="answer other programs over HTTP")
        )
    for name, command in commands.choices.items():
        command.set_defaults(run=run[name])
    return parser


def threshold_of(options: argparse.Namespace) -> int:
    """How far two copies may lie apart, in bits of the hash that was chosen.

    Raises:
        WrongUseError: No slider goes that far.
    """
    recipe = RECIPES[options.hash]
    threshold: int = recipe.threshold if options.threshold is None else options.threshold
    if threshold > recipe.furthest:
        raise WrongUseError(
            f"--threshold goes up to {recipe.furthest} bits with {recipe.name}, not {threshold}."
        )
    return threshold


def _add_scan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a folder with photos")
    _add_search(parser, "bits that two photos of a group may differ by")
    _add_model(parser, "a model in ONNX that looks for similar shots too")
    usual = ", ".join(f"{cosine:g} for {name}" for name, cosine in FAMILIES.items())
    parser.add_argument(
        "--model-threshold",
        type=_cosine,
        metavar="COSINE",
        help=f"cosine from which on photos are similar shots to the model (default, by its name: {usual}, "
        f"else {USUAL:g})",
    )
    parser.add_argument("--plan", type=Path, metavar="FILE", help="write what the keeper rules would remove")
    parser.add_argument(
        "--pairs",
        type=_pairs,
        default=Pairs.TOGETHER,
        metavar="WHAT",
        help="what the plan removes of a photo with a raw photo: together (default), raw or jpeg",
    )


def _add_find(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="the photo, wherever it lies")
    parser.add_argument(
        "--in",
        dest="folders",
        action="append",
        required=True,
        type=Path,
        metavar="FOLDER",
        help="a folder with photos; can be given several times",
    )
    parser.add_argument("--limit", type=_limit, metavar="N", help="list the N best ones only")
    _add_search(parser, "bits that a copy may differ by")


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="a photo")
    parser.add_argument("other", type=Path, metavar="PHOTO", help="another one")
    _add_model(parser, "a model in ONNX that makes features of pictures")
    _add_hash(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    _add_catalogue(parser)


def _add_model(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--model", type=Path, metavar="FILE", help=what)


def _add_hash(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--hash", type=_hash, default=DEFAULT_RECIPE.name, metavar="NAME", help=", ".join(RECIPES)
    )


def _add_catalogue(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--catalogue",
        type=Path,
        default=default_catalogue(),
        metavar="FILE",
        help="remember fingerprints in this file",
    )
    where.add_argument(
        "--no-catalogue", dest="catalogue", action="store_const", const=None, help="remember nothing"
    )


def _add_search(parser: argparse.ArgumentParser, threshold: str) -> None:
    """Adds what every search understands."""
    parser.add_argument("--threshold", type=_threshold, metavar="N", help=threshold)
    _add_hash(parser)
    parser.add_argument(
        "--kinds",
        type=_kinds,
        default=LOOKED_FOR,
        metavar="LIST",
        help=", ".join(kind.label for kind in sorted(LOOKED_FOR)),
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    _add_catalogue(parser)
    parser.add_argument(
        "--jobs", type=_jobs, metavar="N", help="how many processes decode (default: one a core)"
    )


def _add_serve(parser: argparse.ArgumentParser) -> None:
    """Adds what the service understands."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen; beyond this machine only with a token"
    )
    parser.add_argument("--port", type=_port, default=8080, metavar="N", help="(default: 8080)")
    parser.add_argument(
        "--index", type=_index, default="default", metavar="NAME", help="the index of whoever names none"
    )
    parser.add_argument(
        "--token", help="what requests must carry; better in the variable PHOTODEDUP_TOKEN, which nobody sees"
    )
    parser.add_argument(
        "--max-megabytes", type=_most, default=64, metavar="N", help="of one picture (default: 64)"
    )
    parser.add_argument(
        "--max-megapixels", type=_most, default=100, metavar="N", help="of one picture (default: 100)"
    )
    parser.add_argument(
        "--max-requests", type=_most, default=256, metavar="N", help="at a time; others are told to come back"
    )
    parser.add_argument(
        "--jobs", type=_jobs, metavar="N", help="how many processes decode (default: one a core)"
    )


def _threshold(text: str) -> int:
    return _number(text, 0, "--threshold takes a whole number of bits, 0 or more")


def _cosine(text: str) -> float:
    try:
        cosine = float(text)
    except ValueError:
        cosine = math.nan
    if not 0 < cosine <= 1:
        raise argparse.ArgumentTypeError(
            f"--model-threshold takes a number above 0 and up to 1, not {text!r}"
        )
    return cosine


def _limit(text: str) -> int:
    return _number(text, 1, "--limit takes a whole number, 1 or more")


def _port(text: str) -> int:
    sentence = "--port takes a whole number from 0 to 65535"
    if (port := _number(text, 0, sentence)) > 65_535:
        raise argparse.ArgumentTypeError(f"{sentence}, not {text!r}")
    return port


def _most(text: str) -> int:
    return _number(
        text, 1, "--max-megabytes, --max-megapixels and --max-requests take a whole number, 1 or more"
    )


def _index(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text):
        raise argparse.ArgumentTypeError(
            "--index takes 1 to 64 letters, digits, dots, hyphens and underscores, the first one a letter or "
            f"digit, not {text!r}"
        )
    return text


def _jobs(text: str) -> int:
    return _number(text, 1, "--jobs takes a whole number, 1 or more")


def _number(text: str, least: int, sentence: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{sentence}, not {text!r}")
    return int(text)


def _hash(text: str) -> str:
    if text not in RECIPES:
        raise argparse.ArgumentTypeError(f"--hash takes one of {', '.join(RECIPES)}, not {text!r}")
    return text


def _pairs(text: str) -> Pairs:
    if text not in set(Pairs):
        raise argparse.ArgumentTypeError(f"--pairs takes together, raw or jpeg, not {text!r}")
    return Pairs(text)


def _kinds(text: str) -> frozenset[Kind]:
    known = {kind.label: kind for kind in LOOKED_FOR}
    wanted = [word.strip() for word in text.split(",")]
    if unknown := [word for word in wanted if word not in known]:
        raise argparse.ArgumentTypeError(
            f"--kinds takes some of {', '.join(sorted(known))}; {unknown[0]!r} is no kind"
        )
    return frozenset(known[word] for word in wanted)
