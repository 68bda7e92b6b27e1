"""Questions with their answers, as other tools keep them; `exchange_reading` reads them again.

| format | a question and its answer are |
| --- | --- |
| OpenAI | JSONL of `messages`, the last two by *user* and *assistant* |
| Alpaca | a JSON list of `instruction`, `input` and `output` |
| ShareGPT | a JSON list of `conversations`, from *human* and from *gpt* |
| Gradient | JSONL of samples: `inputs`, of which only the answer is `trainable` |
| CSV, Parquet | columns; they alone also keep the wrong answer and whatever else is known |

All but the tables hold the prompt as it was sent, and nothing else.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lib.gradient.schemas import Sample, Segment
from lib.teaching.samples import separator
from lib.teaching.tables import Table, write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Format(StrEnum):
    """The ending of a file of this format is its `ending`."""

    OPENAI = "openai"
    ALPACA = "alpaca"
    SHAREGPT = "sharegpt"
    GRADIENT = "gradient"
    CSV = "csv"
    PARQUET = "parquet"

    @property
    def ending(self) -> str:
        """Such as `jsonl`."""
        return {"openai": "jsonl", "gradient": "jsonl", "csv": "csv", "parquet": "parquet"}.get(
            self.value, "json"
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the answer that is right, or that was given; `facts` are what else is known.

    `wrong_answer` is empty where nobody knows one. Only tables keep it and the facts.
    """

    question: str
    prompt: str
    answer: str
    wrong_answer: str = ""
    auto_template: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)


def write(examples: Sequence[Example], form: Format) -> bytes:
    """A whole file."""
    if form is Format.CSV:
        return write_csv(_table(examples))
    if form is Format.PARQUET:
        return _parquet(_table(examples))
    entries = [_WRITERS[form](example) for example in examples]
    if form.ending == "json":
        return (json.dumps(entries, indent=1) + "\n").encode()
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def _openai(example: Example) -> dict[str, Any]:
    said = (("user", example.prompt), ("assistant", example.answer))
    return {"messages": [{"role": role, "content": text} for role, text in said]}


def _alpaca(example: Example) -> dict[str, Any]:
    return {"instruction": example.prompt, "input": "", "output": example.answer}


def _sharegpt(example: Example) -> dict[str, Any]:
    said = (("human", example.prompt), ("gpt", example.answer))
    return {"conversations": [{"from": who, "value": text} for who, text in said]}


def _gradient(example: Example) -> dict[str, Any]:
    answer = separator(example.prompt) + example.answer
    return Sample(
        inputs=[
            Segment(value=example.prompt, trainable=False),
            Segment(value=answer, trainable=True),
        ]
    ).wire()


_WRITERS = {
    Format.OPENAI: _openai,
    Format.ALPACA: _alpaca,
    Format.SHAREGPT: _sharegpt,
    Format.GRADIENT: _gradient,
}
OWN = ("question", "answer", "wrong_answer", "prompt", "auto_template")
"""The columns of a table that are not facts."""


def _table(examples: Sequence[Example]) -> Table:
    facts = dict.fromkeys(name for example in examples for name in example.facts)
    return Table(
        (*OWN, *facts),
        tuple(
            (
                example.question,
                example.answer,
                example.wrong_answer,
                example.prompt,
                str(example.auto_template).lower(),
                *(example.facts.get(name, "") for name in facts),
            )
            for example in examples
        ),
    )


def _parquet(table: Table) -> bytes:
    # pyarrow takes a moment to import, and is needed for this alone.
    import pyarrow as pa  # noqa: PLC0415 - see above
    import pyarrow.parquet as pq  # noqa: PLC0415 - see above

    cells = [
        [row[place].encode("utf-8", errors="replace").decode() for row in table.rows]
        for place in range(len(table.columns))
    ]
    arrays = [pa.array(column, pa.string()) for column in cells]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=list(table.columns)), out)
    return out.getvalue()
