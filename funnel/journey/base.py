"""Base class and types for the parts of a journey: frozen, without unknown keys."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _as_names(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_names)]


class Frozen(BaseModel):
    """Base class for a part of a journey: immutable, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")
