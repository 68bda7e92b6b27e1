"""Guidance: an answer that is one of some texts, to the letter.

The model chooses token by token, and only where the texts part: there it is asked for one token,
and those that lead on get so much weight that no other can win. So the choice is the model's own,
by its probabilities, at any temperature, and the text is one of those given whatever the model's
vocabulary can spell. (llama.cpp's grammars do the same for most texts, and end the process on a
text with a byte that the vocabulary lacks.)

Only where several texts part within a character is the first of those taken that begin as the
model wanted: llama.cpp does not tell which half of a character it chose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib.engine.errors import EngineError
from lib.engine.loaded import Cut, Piece

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from lib.engine.answering import Adapted, Answering

WEIGHT = 100.0
"""Added to a token's logit: far above any that a model gives, and still exact to 1e-5 beside it."""


async def choose(
    answering: Answering, body: dict[str, Any], version: Adapted | None, choices: Sequence[str]
) -> AsyncGenerator[Piece]:
    """The chosen text, as the one piece of an answer.

    Args:
        answering: who is asked.
        body: see `wording.request`.
        version: of the adapter, None for the base model alone.
        choices: at least one text.

    Raises:
        WeightsBroken, Unprocessable: see `Answering.answer`.
    """
    end = Cut(answering.weights.end_token, whole=True)
    paths = [(*cuts, end) for cuts in await answering.tokens(list(choices), prompt=False)]
    left = dict(zip(choices, paths, strict=True))
    prompt, taken, counted = [body["prompt"]], 0, 0
    while len(set(left.values())) > 1:
        onward = list(dict.fromkeys(path[taken] for path in left.values()))
        cut = onward[0]
        if len(onward) > 1:
            asked = {
                **body,
                "prompt": prompt if taken else prompt[0],
                "max_tokens": 1,
                "logit_bias": [[one.id, WEIGHT] for one in onward],
                "logprobs": 1,
                "stop": [],
            }
            cut, tokens = await _next(answering.answer(asked, version), onward, end)
            counted = counted or tokens
        left = {text: path for text, path in left.items() if path[taken] == cut}
        prompt.append(cut.id)
        taken += 1
    text, path = next(iter(left.items()))
    yield Piece(text, "stop", counted, len(path) - 1)


async def _next(answer: AsyncGenerator[Piece], onward: Sequence[Cut], end: Cut) -> tuple[Cut, int]:
    """Which way an answer of one token went, and how many tokens its prompt had."""
    said: int | None = None
    async for piece in answer:
        said = piece.token if said is None else said
        if piece.finish_reason is None:
            continue
        if piece.finish_reason == "stop":
            return end, piece.prompt_tokens
        for cut in onward:
            if cut.id == said or (said is None and not cut.whole):
                return cut, piece.prompt_tokens
    raise EngineError("The model chose none of the choices in guidance. Ask again.")
