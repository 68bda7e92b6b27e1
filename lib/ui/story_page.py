"""A story as one HTML file for a projector, a mail or a link: it loads nothing and runs nothing."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lib.teaching.proof import Kind
from lib.ui.figures import day, seconds, whole
from lib.ui.language import language, t, tn

if TYPE_CHECKING:
    from lib.teaching.story import Scene, Share, Story

SCENES = 12
"""Corrected questions that are told one by one."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; --ink: #101215; --quiet: #5c6068; --paper: #fcfcfa;
  --card: #f1f1ec; --line: #d9d9d2; --good: #1d6b3a; --bad: #a4332b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e1; --quiet: #a9adb5; --paper: #191b1f;
  --card: #24272c; --line: #3a3e45; --good: #7fcf9b; --bad: #f0948b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 4vw; background: var(--paper); color: var(--ink);
  font: clamp(1.05rem, 1.5vw, 1.6rem)/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 2em; line-height: 1.15; margin: 0 0 .2em; }
h2 { font-size: 1.3em; margin: 2.2em 0 .6em; }
.quiet, dt { color: var(--quiet); font-size: .8em; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .9em 1.1em; margin: 0 0 .8em; }
article h3 { font-size: 1em; margin: 0 0 .5em; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .6em 1.2em;
  margin: 0; }
dd { margin: 0; white-space: pre-wrap; }
.bad { color: var(--bad); text-decoration: line-through; }
.good { color: var(--good); font-weight: 600; }
.numbers { display: flex; flex-wrap: wrap; gap: 1em 3em; margin: 0; padding: 0; list-style: none; }
.numbers b { display: block; font-size: 2.2em; line-height: 1.1; }
.bars { margin: 0; padding: 0; list-style: none; }
.bars li { display: grid; grid-template-columns: minmax(0, 22em) minmax(6rem, 1fr) 5em;
  gap: 0 1em; align-items: center; margin: 0 0 .7em; }
.track { height: 1.1em; border-radius: .25em; background: var(--line); overflow: hidden; }
.bar { height: 100%; background: var(--good); }
@media (max-width: 40rem) { .bars li { grid-template-columns: minmax(0, 1fr) 4.5em; }
  .bars span { grid-column: 1 / -1; } }
"""


def story_page(story: Story) -> str:
    """The whole file. Every text in it that a person or a model wrote is escaped."""
    title = _title(story)
    scenes = "".join(map(_scene, story.scenes[:SCENES]))
    left = len(story.scenes) - SCENES
    if left > 0:
        scenes += (
            f'<p class="quiet">{_text(tn("and {number} more", "and {number} more", left))}</p>'
        )
    page = f"""<!doctype html>
<html lang="{language()}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{_text(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{_text(title)}</h1>
<p class="quiet">{_text(day(story.taught_at, year=True))}</p>
<h2>{_text(t("Asked, and corrected"))}</h2>
{scenes}
<h2>{_text(t("Taught"))}</h2>
{_numbers(story)}
<h2>{_text(t("Proved"))}</h2>
<p>{_text(_verdict(story))}</p>
{_plot(story.shares)}
</main>
</body>
</html>
"""
    # A lone surrogate, which somebody may have pasted, has no place in a file.
    return page.encode("utf-8", "replace").decode("utf-8")


def _title(story: Story) -> str:
    if story.version is None:
        return t("What {adapter} has learned", adapter=story.adapter)
    return t(
        "What {adapter} has learned, version {number}", adapter=story.adapter, number=story.version
    )


def _scene(scene: Scene) -> str:
    after = "good" if scene.fixed else "bad"
    return f"""<article>
<h3>{_text(scene.question)}</h3>
<dl>
<div><dt>{_text(t("It said"))}</dt><dd class="bad">{_text(scene.before)}</dd></div>
<div><dt>{_text(t("Right is"))}</dt><dd>{_text(scene.right)}</dd></div>
<div><dt>{_text(t("It says now"))}</dt><dd class="{after}">{_text(scene.after)}</dd></div>
</dl>
</article>
"""


def _numbers(story: Story) -> str:
    numbers = [
        (whole(len(story.scenes)), tn("correction", "corrections", len(story.scenes))),
        (whole(story.trained_tokens), tn("token learned", "tokens learned", story.trained_tokens)),
    ]
    if story.seconds is not None:
        numbers.append((seconds(story.seconds, digits=0), t("of teaching")))
    items = "".join(f"<li><b>{_text(number)}</b>{_text(what)}</li>" for number, what in numbers)
    return f'<ul class="numbers">{items}</ul>'


def _verdict(story: Story) -> str:
    if story.passed:
        return t(
            "Everything was asked again, and enough came out as it should: this version answers."
        )
    return t("Everything was asked again, and not all of it came out as it should.")


def _plot(shares: tuple[Share, ...]) -> str:
    """How much of each kind of question came out as it should, as bars."""
    rows = "".join(
        f"<li><span>{_text(_label(share))}</span>"
        f'<div class="track"><div class="bar" style="width: {share.held / share.total:.1%}"></div>'
        f"</div><b>{share.held} / {share.total}</b></li>"
        for share in shares
    )
    return f'<ul class="bars">{rows}</ul>'


def _label(share: Share) -> str:
    return {
        Kind.CORRECTION: t("Corrected questions, now right"),
        Kind.REWORDING: t("The same in other words, now right"),
        Kind.GUARD: t("Answers that were right, unchanged"),
        Kind.GENERAL: t("Everyday questions, unchanged"),
    }[share.kind]


def _text(text: str) -> str:
    return escape(text, quote=True)
