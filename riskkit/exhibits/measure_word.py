"""What a page needs to say of one measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from riskkit.errors import Message

Unit = Literal["amount", "days", "share", "count"]


@dataclass(frozen=True)
class MeasureWords:
    """The words of one measure. `lower_is_better` is None where a change is neither good nor bad in itself."""

    name: str
    unit: Unit
    label: Message
    definition: Message
    formula: Message
    lower_is_better: bool | None
