"""From a request's words to llama.cpp's: the chat template and the sampling fields.

What a request leaves out:

    maxGeneratedTokenCount   256 tokens
    temperature              0, the most probable token each time; 1 if topK or topP is given
    topK, topP               off; a topK below 1 is off, too
    autoTemplate             false: the query is continued as it stands
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from lib.gradient.schemas import Complete

DEFAULT_TOKENS = 256
SPECIAL_TOKENS = 4
"""No fewer than any model puts around a text."""


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
    """What llama.cpp is asked, but for the adapter and for guidance."""
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
    return body


def most_tokens(body: dict[str, Any]) -> int:
    """What a prompt and its answer can have together at most, in tokens.

    Args:
        body: see `request`; its prompt may also be a list of texts and tokens. No text has more
            tokens than bytes, but for what is put before or behind it.
    """
    prompt = body["prompt"]
    parts = [prompt] if isinstance(prompt, str) else prompt
    bytes_ = sum(len(part.encode()) if isinstance(part, str) else 1 for part in parts)
    return bytes_ + SPECIAL_TOKENS + int(body["max_tokens"])
