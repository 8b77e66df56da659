"""What the service answers, as models from which FastAPI makes its page of documentation."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Added(BaseModel):
    """The names of the pictures that were added, in the order in which they were sent."""

    added: list[str]


class Match(BaseModel):
    """A picture of the index that is a copy of the one that was sent."""

    id: int
    name: str
    distance: int = Field(description="Bits in which the two dHashes differ")
    kind: str = Field(description="identical-file, identical-picture or near-duplicate")
    likeness: float = Field(description="Per cent")


class Checked(BaseModel):
    """Whether there is a copy; `matches` only where details were asked for, the best first."""

    duplicate: bool
    matches: list[Match] = []


class Image(BaseModel):
    """A picture of an index; `added` is the time in UTC."""

    id: int
    name: str
    size: int
    added: str
    width: int
    height: int
    format: str


class Images(BaseModel):
    """One page of the pictures of an index, and how many there are in all."""

    total: int
    images: list[Image]


class Health(BaseModel):
    """What is answered where the service works."""

    status: str
    version: str


class Problem(BaseModel):
    """What is wrong, in one sentence."""

    detail: str
