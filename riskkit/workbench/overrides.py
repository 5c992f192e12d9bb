"""The classes that people gave by hand, read from the portfolio's `overrides.yaml`."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from riskkit.errors import UsageError, message
from riskkit.models.score_overrides import Override
from riskkit.policy import validation_messages

OVERRIDES_FILE = "overrides.yaml"
_SHAPE = TypeAdapter(tuple[Override, ...])


def read_overrides(path: Path) -> tuple[Override, ...]:
    """The overrides of a file; none when there is no file.

    The file is a YAML list; each entry names customer_id, risk_class (1 to 5), author, reason, decided_on and
    expires_on. `UsageError` names each wrong entry and key.
    """
    if not path.is_file():
        return ()
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise UsageError(
            message("{file} cannot be read as YAML: {fault}. Correct it.", file=path.name, fault=str(fault))
        ) from None
    try:
        return _SHAPE.validate_python(values)
    except ValidationError as fault:
        raise UsageError(*validation_messages(fault, file=path.name)) from None
