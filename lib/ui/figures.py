"""Numbers and times as this session's language writes them, by its browser's clock."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent

from lib.ui.language import language, t

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


def whole(number: int) -> str:
    """Such as "1,234"."""
    return str(format_decimal(number, format="#,##0", locale=language()))


def decimal(number: float, digits: int) -> str:
    """Such as "78.2", with that many digits after the point."""
    form = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return str(format_decimal(number, format=form, locale=language()))


def rough(number: float) -> str:
    """With two significant digits, such as "0.0012"."""
    return str(format_decimal(number, format="@@", locale=language()))


def share(part: float) -> str:
    """A part of one in percent, such as "85%"."""
    return str(format_percent(part, locale=language()))


def seconds(taken: float, digits: int = 1) -> str:
    """Such as "4.1 s"."""
    return t("{seconds} s", seconds=decimal(taken, digits))


def day(when: datetime, *, year: bool = False) -> str:
    """Such as "25 Nov"."""
    return _written(when, "dd MMM y" if year else "dd MMM")


def moment(when: datetime, *, year: bool = False) -> str:
    """Such as "25 Nov, 14:05"."""
    return _written(when, "dd MMM y, HH:mm" if year else "dd MMM, HH:mm")


def _written(when: datetime, pattern: str) -> str:
    return str(format_datetime(when, pattern, tzinfo=_here(), locale=language()))


def _here() -> tzinfo:
    """The time zone of this session's browser, or UTC where it says none that is known."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
