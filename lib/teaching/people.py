"""Who may do what. Names are people's own, or those that a sign-in vouches for.

Where nobody was given a role, everybody has them all: Errata on one's own machine asks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

EVERYBODY_ELSE = "*"
"""In the place of a name: whoever is not named."""


class Role(StrEnum):
    """What a person does here. One person may have several roles; a viewer only looks."""

    ASKER = "asker"
    REVIEWER = "reviewer"
    TEACHER = "teacher"
    VIEWER = "viewer"


WRITERS = (Role.ASKER, Role.REVIEWER, Role.TEACHER)
"""Whoever does more than look on."""
JUDGES = (Role.ASKER, Role.REVIEWER)
"""Whoever says of an answer whether it is right, and what would be."""
SHARERS = (Role.REVIEWER, Role.TEACHER)
"""Whoever shows a story to others."""


class NotPermitted(Exception):
    """The person does not have the role. A sentence for the person; nothing was changed."""


def changers(author: str, by: str) -> tuple[Role, ...]:
    """Who may change what an author began: a reviewer anything, an asker what is their own."""
    return JUDGES if author == by else (Role.REVIEWER,)


@dataclass(frozen=True)
class People:
    """The roles of people by name, without regard to case; see `EVERYBODY_ELSE`."""

    roles: Mapping[str, Collection[Role]] = field(default_factory=dict)

    def roles_of(self, name: str) -> frozenset[Role]:
        """What somebody may do. Who is not named looks on, where roles were given at all."""
        if not self.roles:
            return frozenset(Role)
        named = {known.casefold(): roles for known, roles in self.roles.items()}
        others = named.get(EVERYBODY_ELSE, (Role.VIEWER,))
        return frozenset(named.get(name.casefold(), others) if name else others)

    def may(self, name: str, *roles: Role) -> bool:
        """Whether somebody has one of these roles."""
        return not self.roles_of(name).isdisjoint(roles)

    def permit(self, name: str, *roles: Role) -> None:
        """Let somebody go on who has one of these roles.

        Raises:
            NotPermitted: they have none of them.
        """
        if not self.may(name, *roles):
            needed = " or ".join(
                f"a {role}" if role != Role.ASKER else "an asker" for role in roles
            )
            raise NotPermitted(
                f"{name or 'Somebody without a name'} cannot do this here: it takes {needed}. "
                "Nothing was changed. Whoever runs Errata gives roles."
            )
