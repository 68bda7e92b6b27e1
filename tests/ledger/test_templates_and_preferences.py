from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from lib.teaching import templates

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger


def test_a_changed_template_is_a_new_version_and_the_old_one_is_kept(ledger: Ledger) -> None:
    first = ledger.save_template("Terse", "{question}")
    assert ledger.save_template("Terse", "{question}") == first
    second = ledger.save_template("Terse", "Briefly: {question}")
    other = ledger.save_template(templates.DEFAULT_NAME, templates.DEFAULT)
    assert (first.version, second.version, other.version) == (1, 2, 1)
    assert ledger.templates() == [other, second]
    assert ledger.template_versions("Terse") == [first, second]
    assert ledger.template_versions("none") == []


def test_a_template_saved_by_many_at_once_is_one_version(ledger: Ledger) -> None:
    with ThreadPoolExecutor(4) as threads:
        saved = set(threads.map(lambda _: ledger.save_template("Terse", "{question}"), range(8)))
    assert len(saved) == 1


@pytest.mark.parametrize("value", [None, True, 3, "model", ["a"], {"url": "http://x", "n": 1.5}])
def test_small_things_are_remembered(ledger: Ledger, value: Any) -> None:
    assert ledger.preference("key", "default") == "default"
    ledger.prefer("key", "before")
    ledger.prefer("key", value)
    assert ledger.preference("key", "default") == value
