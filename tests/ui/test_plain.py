from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ui.plain import plain, short


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("my-adapter", r"my\-adapter"),
        ("![x](y)", r"\!\[x\]\(y\)"),
        (":red[x] $y$ <b>", r"\:red\[x\] \$y\$ \<b\>"),
        ("two\nlines", "two lines"),
        ("https://x.test", "https\\:\\/\\/\u200bx\\.test"),
        ("WWW.x.test", "WWW\u200b\\.x\\.test"),
        ("me@x.test", "me\\@\u200bx\\.test"),
    ],
)
def test_nothing_in_a_text_is_read_as_markdown(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_escaping_changes_no_word(text: str) -> None:
    def words(said: str) -> list[str]:
        return [word.replace("\\", "").replace("\u200b", "") for word in said.split()]

    assert words(plain(text)) == words(text)


@given(st.text(min_size=1), st.integers(2, 50))
def test_a_short_text_is_at_most_so_long(text: str, longest: int) -> None:
    assert len(short(text, longest)) <= longest
