"""policy.yaml as people read it: every key explained in their language, and nothing changed by writing it."""

import re
import typing
from collections.abc import Iterator

import pytest
import yaml
from pydantic import BaseModel

from riskkit.exhibits.language import language
from riskkit.policy import Policy
from riskkit.workbench.policy_text import policy_text


def _models(kind: object) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from _models(field.annotation)
    for inner in typing.get_args(kind):
        yield from _models(inner)


def _parts(part: BaseModel) -> Iterator[BaseModel]:
    yield part
    for value in dict(part).values():
        if isinstance(value, BaseModel):
            yield from _parts(value)


def _descriptions() -> set[str]:
    fields = (field for model in set(_models(Policy)) for field in model.model_fields.values())
    return {field.description for field in fields if field.description}


def test_every_description_of_a_key_has_its_french():
    said = language("fr")
    assert len(_descriptions()) > 200
    assert sorted(meaning for meaning in _descriptions() if said.text(meaning) == meaning) == []


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_file_says_what_each_key_means_and_reads_back_as_the_same_policy(code):
    text = policy_text(Policy(), language=code)
    assert Policy.model_validate(yaml.safe_load(text)) == Policy()
    comments = " ".join(line.strip(" #") for line in text.splitlines() if line.lstrip().startswith("#"))
    read = re.sub(" +", " ", comments)
    described = (field.description for model in _parts(Policy()) for field in type(model).model_fields.values())
    assert [meaning for meaning in described if meaning and language(code).text(meaning) not in read] == []


def test_a_part_inside_a_part_is_explained_too():
    lines = policy_text(Policy(), language="fr").splitlines()
    assert "    # prescription entre commerçants, en années à compter de l’échéance (L110-4 C. com.)" in lines
    assert lines[lines.index("    trader_years: 5") - 1].startswith("    # prescription entre commerçants")
    assert any(line.startswith("    dbt_days: {") and line.endswith("# Retard moyen pondéré") for line in lines)
