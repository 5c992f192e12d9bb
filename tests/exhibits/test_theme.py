"""Colours are readable by everybody, mean one thing, and survive a black and white print."""

from __future__ import annotations

from itertools import pairwise

import pytest

from riskkit.errors import UsageError
from riskkit.exhibits.theme import (
    BUCKET_COLOURS,
    DARK,
    LIGHT,
    Palette,
    bucket_bounds,
    bucket_colours,
    contrast_ratio,
    css_text,
    ink_on,
    luminance,
    palette,
    sort_buckets,
)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast_ratio("#ffffff", "#000000") == pytest.approx(21)
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the well-known near miss of WCAG AA


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_every_text_colour_passes_wcag_aa_on_both_grounds(colours: Palette) -> None:
    for name in ("ink", "quiet", "accent", "contrast", "neutral", "good", "bad"):
        for ground in (colours.ground, colours.raised):
            assert contrast_ratio(getattr(colours, name), ground) >= 4.5, (name, ground)
    assert contrast_ratio(colours.warn_ink, colours.warn) >= 4.5
    assert contrast_ratio(colours.accent_ink, colours.accent) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_no_two_theme_colours_are_equal_nor_equal_to_a_bucket(colours: Palette) -> None:
    shown = [colour for _, colour in colours.items()]
    fixed = [*BUCKET_COLOURS.values(), *(ink_on(colour) for colour in BUCKET_COLOURS.values())]
    assert len(set(shown)) == len(shown)
    assert not set(shown) & set(fixed)


def test_buckets_darken_with_age_by_visible_steps_in_grey() -> None:
    greys = [luminance(BUCKET_COLOURS[code]) for code in sort_buckets(BUCKET_COLOURS) if code != "undated"]
    assert all((one + 0.05) / (other + 0.05) >= 1.3 for one, other in pairwise(greys))


def test_text_over_a_bucket_is_readable() -> None:
    assert all(contrast_ratio(ink_on(colour), colour) >= 4.5 for colour in BUCKET_COLOURS.values())


def test_buckets_are_ordered_by_age_with_undated_last() -> None:
    mixed = ["undated", "over_180", "d31_60", "not_due", "d1_30", "overdue", "d91_180"]
    assert sort_buckets(mixed) == ["not_due", "d1_30", "d31_60", "d91_180", "over_180", "undated"]
    assert bucket_bounds("d31_60") == (31, 60)
    assert bucket_bounds("over_180") == (181, None)


def test_other_policy_edges_get_distinct_colours_on_the_same_ramp() -> None:
    colours = bucket_colours(["not_due", "d1_15", "d16_45", "over_45", "undated"])
    assert len(set(colours.values())) == 5
    assert colours["not_due"] == BUCKET_COLOURS["not_due"]
    assert luminance(colours["d1_15"]) > luminance(colours["d16_45"]) > luminance(colours["over_45"])


def test_style_sheet_has_both_modes_and_fetches_nothing() -> None:
    assert f"--rk-ink: {LIGHT.ink}" in css_text()
    assert f"--rk-ink: {DARK.ink}" in css_text()
    assert "@media screen and (prefers-color-scheme: dark)" in css_text()
    assert not any(word in css_text() for word in ("http", "url(", "@import"))


def test_unknown_mode_is_refused() -> None:
    with pytest.raises(UsageError, match="Choose light or dark"):
        palette("sepia")  # type: ignore[arg-type]
