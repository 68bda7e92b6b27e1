"""Who sits at the screen: as the sign-in says, or else by the name that they gave."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.teaching.people import WRITERS, Role, changers
from lib.ui.cookie import keep, kept
from lib.ui.language import t
from lib.ui.notices import draw_notice
from lib.ui.plain import plain, short

LONGEST = 60
"""Characters of a name."""
_NAME, _COOKIE = "person_name", "errata_name"


def my_name() -> str:
    """The name under which this session's verdicts and corrections are kept; may be empty."""
    if signed_in():
        return str(st.user.get("email") or st.user.get("name") or "")
    if _NAME not in st.session_state:
        st.session_state[_NAME] = kept(_COOKIE)
    return str(st.session_state[_NAME])


def may(*roles: Role) -> bool:
    """Whether this session's person has one of these roles."""
    from lib.ui import services  # noqa: PLC0415 - what it brings together asks for roles

    return services.ledger().people.may(my_name(), *roles)


def may_change(*authors: str) -> bool:
    """Whether this session's person may change corrections that these authors began."""
    by = my_name()
    return all(may(*changers(author, by)) for author in set(authors))


def must_be(*roles: Role) -> None:
    """Let this session's person go on who has one of these roles.

    For what changes the server or the app; the ledger asks by itself.

    Raises:
        NotPermitted: they have none of them.
    """
    from lib.ui import services  # noqa: PLC0415 - what it brings together asks for roles

    services.ledger().people.permit(my_name(), *roles)


def recall(key: str, default: Any = None) -> Any:
    """What this person remembered under a key, or else whoever gave no name."""
    from lib.ui import services  # noqa: PLC0415 - what it brings together asks for roles

    ledger = services.ledger()
    return ledger.preference(own(key, my_name()), ledger.preference(key, default))


def remember(key: str, value: Any) -> None:
    """Remember something small for this person alone; whoever only looks on leaves no trace."""
    from lib.ui import services  # noqa: PLC0415 - what it brings together asks for roles

    if may(*WRITERS):
        services.ledger().prefer(own(key, my_name()), value, by=my_name())


def own(key: str, name: str) -> str:
    """The key of a person's own preference."""
    return f"{key} of {name}" if name else key


def signed_in() -> bool:
    """Whether a sign-in vouches for the name."""
    return bool(st.user.get("is_logged_in"))


def must_sign_in() -> bool:
    """Whether the app has a sign-in that this session has not passed."""
    return "is_logged_in" in st.user and not signed_in()


def draw_sign_in() -> None:
    """Draw all that somebody sees who has not signed in."""
    draw_notice("sign_in")
    st.title("Errata")
    st.markdown(t("Sign in to ask, to correct, or to look on."))
    st.button(t("Sign in"), type="primary", icon=":material/login:", on_click=st.login)


def draw_person() -> None:
    """Draw who one is, and where one says so."""
    name = my_name()
    if signed_in():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            # What one is called, and what one is known by to others and to roles.
            called = dict.fromkeys(filter(None, (st.user.get("name"), name)))
            st.caption(" · ".join(plain(str(one), LONGEST) for one in called))
            st.button(t("Sign out"), type="tertiary", on_click=st.logout)
        _draw_roles()
        return

    def named() -> None:
        st.session_state[_NAME] = short(st.session_state["person_field"] or "", LONGEST)

    label = plain(name, 30) if name else t("Who are you?")
    with st.popover(label, icon=":material/person:"):
        st.text_input(
            t("Your name"),
            value=name,
            key="person_field",
            max_chars=LONGEST,
            on_change=named,
        )
        st.caption(t("It stands beside what you mark and correct, and stays in this browser."))
    _draw_roles()
    keep(_COOKIE, name)


def _draw_roles() -> None:
    """Say what somebody may do who may not do everything: it is why some buttons are grey."""
    acts = {Role.ASKER: t("ask"), Role.REVIEWER: t("review"), Role.TEACHER: t("teach")}
    mine = [act for role, act in acts.items() if may(role)]
    if not mine:
        st.caption(t("You look on here. What is grey is for others."))
    elif len(mine) < len(acts):
        said = t("Here you may {acts}. What is grey is for others.", acts=", ".join(mine))
        st.caption(said)
