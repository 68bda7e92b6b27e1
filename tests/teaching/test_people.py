from __future__ import annotations

import pytest

from lib.teaching.people import NotPermitted, People, Role

ALL = frozenset(Role)


@pytest.mark.parametrize(
    ("roles", "name", "expected"),
    [
        ({}, "", ALL),
        ({}, "Ada", ALL),
        ({"ada@example.org": [Role.TEACHER]}, "Ada@Example.org", {Role.TEACHER}),
        ({"Ada": [Role.TEACHER]}, "Bob", {Role.VIEWER}),
        ({"Ada": [Role.TEACHER]}, "", {Role.VIEWER}),
        ({"Ada": [Role.TEACHER], "*": [Role.ASKER]}, "Bob", {Role.ASKER}),
        ({"Ada": [Role.TEACHER], "*": [Role.ASKER]}, "*", {Role.ASKER}),
    ],
)
def test_roles_are_those_given_and_everybody_has_all_where_none_were(
    roles: dict[str, list[Role]], name: str, expected: set[Role]
) -> None:
    assert People(roles).roles_of(name) == expected


def test_a_refusal_says_who_what_it_takes_and_that_nothing_happened() -> None:
    people = People({"Ada": [Role.VIEWER]})
    with pytest.raises(NotPermitted, match=r"Ada cannot.*an asker or a reviewer.*Nothing was"):
        people.permit("Ada", Role.ASKER, Role.REVIEWER)
