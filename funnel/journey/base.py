"""What the parts of a journey have in common: frozen, no unknown keys, a name or a list of names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _as_names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_names)]


class Frozen(BaseModel):
    """A part of a journey: it never changes, and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
