"""From a request's words to llama.cpp's: the chat template, the sampling fields, the grammar.

What a request leaves out:

    maxGeneratedTokenCount   256 tokens
    temperature              0, the most probable token each time; 1 if topK or topP is given
    topK, topP               off; a topK below 1 is off, too
    autoTemplate             false: the query is continued as it stands
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from lib.engine.errors import Unprocessable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.gradient.schemas import Complete

DEFAULT_TOKENS = 256
CHOICE_TOKENS = 256
"""Enough for any choice: 32 characters of at most 4 bytes each, one token a byte at worst."""


class ChatTemplate(BaseModel):
    """A model's chat template around one question: text before, text after, and what ends a turn.

    A model without a chat template has all three empty: its template is the identity.
    """

    model_config = ConfigDict(frozen=True)

    before: str = ""
    after: str = ""
    end: str = ""
    """Ends the assistant's turn."""

    def ask(self, question: str) -> str:
        """The question as the model is asked it; its answer goes right behind."""
        return f"{self.before}{question}{self.after}"


def request(asked: Complete, template: ChatTemplate) -> dict[str, Any]:
    """What llama.cpp is asked, but for the adapter.

    Raises:
        Unprocessable: the guidance cannot be put into a grammar.
    """
    narrows = (asked.top_k or 0) > 0 or (asked.top_p is not None and asked.top_p < 1)
    temperature = asked.temperature if asked.temperature is not None else float(narrows)
    body: dict[str, Any] = {
        "prompt": template.ask(asked.query) if asked.auto_template else asked.query,
        "max_tokens": asked.max_generated_token_count or DEFAULT_TOKENS,
        "temperature": temperature,
        "top_k": max(asked.top_k or 0, 0),
        "top_p": 1.0 if asked.top_p is None else asked.top_p,
        "min_p": 0.0,
        # What is left in a cache changes how a prompt is cut into batches, and that its rounding:
        # without it, the same question has the same answer, to the letter.
        "cache_prompt": False,
    }
    if asked.stop:
        body["stop"] = asked.stop
    if asked.seed is not None:
        body["seed"] = asked.seed & 0xFFFFFFFF
    if asked.guidance is not None:
        body |= {"grammar": grammar(asked.guidance.value), "max_tokens": CHOICE_TOKENS}
    return body


def grammar(choices: Sequence[str]) -> str:
    """A grammar (GBNF) of exactly these texts.

    Raises:
        Unprocessable: a choice holds NUL, which no grammar can.
    """
    if any("\0" in choice for choice in choices):
        raise Unprocessable("A choice in guidance holds a NUL character, which cannot be produced.")
    return "root ::= " + " | ".join(f'"{"".join(map(_escaped, choice))}"' for choice in choices)


def _escaped(character: str) -> str:
    if character in '"\\[]' or not character.isprintable():
        return f"\\U{ord(character):08X}"
    return character
