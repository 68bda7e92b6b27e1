"""Streamlit's own words in the page's language: it says them in English, and takes no others."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

from lib.ui.language import t

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

FILE_BUTTON = '[data-testid="stFileUploader"] button'


def translate_streamlit() -> None:
    """Draw what puts Streamlit's words into this session's language; nothing of it is seen.

    They are those that its files' boxes, tables, charts and fields show or tell a screen reader.
    """
    words = {
        "Upload": t("Upload"),
        "Drag and drop files here": t("Drag and drop files here"),
        "Drag and drop file here": t("Drag and drop file here"),
        "Show/hide columns": t("Show/hide columns"),
        "Download as CSV": t("Download as CSV"),
        "Download as PNG": t("Download as PNG"),
        "Search": t("Search"),
        "Fullscreen": t("Fullscreen"),
        "Close fullscreen": t("Close fullscreen"),
        "Show data": t("Show data"),
        "Show chart": t("Show chart"),
        "Copy Vega-Lite spec": t("Copy Vega-Lite spec"),
        "Copied!": t("Copied!"),
        "No results": t("No results"),
        "Clear all": t("Clear all"),
        "Clear value": t("Clear value"),
        "Clear entry": t("Clear entry"),
        "Increment": t("Increment"),
        "Decrement": t("Decrement"),
        "Open": t("Open"),
        "Close": t("Close"),
        "Send message": t("Send message"),
        "Show password": t("Show password"),
        "Hide password": t("Hide password"),
        "Skip to main content": t("Skip to main content"),
        "Link to heading": t("Link to heading"),
        "Navigate to home page": t("Navigate to home page"),
        "Add files": t("Add files"),
        "Sidebar": t("Sidebar"),
        "Collapse sidebar": t("Collapse sidebar"),
        "Expand sidebar": t("Expand sidebar"),
        "file upload": t("file upload"),
    }
    mine = {own: ours for own, ours in words.items() if own != ours}
    if mine:
        within = [
            ["MB per file", f" {t('MB per file')}"],
            ["files are not allowed.", t("files are not allowed.")],
            ["Help for ", f"{t('Help for')} "],
            ["Remove ", f"{t('Remove')} ", FILE_BUTTON],
            ["Cancel upload of ", f"{t('Cancel upload of')} ", FILE_BUTTON],
        ]
        data = {"words": list(mine.items()), "within": within}
        _translator()(data=data, key="streamlit_words")


@cache
def _translator() -> ComponentRenderer:
    """Names are looked at everywhere, texts only where nobody else's can be."""
    return st.components.v2.component(
        "errata_streamlit_words",
        js="""
        const PLACES = ["stFileUploader", "stElementToolbar", "stTooltipContent", "stSkipToContent",
          "stSelectboxVirtualDropdown", "stMultiSelectDropdown"]
          .map((name) => `[data-testid="${name}"]`).join();
        const THEIRS = '[data-testid="stFileChipName"]';
        const NAMES = ["aria-label", "title"];

        export default function ({ data }) {
          let words = new Map(data.words), within = data.within;
          // A name may go on with what it is the name of: "Search: Questions by day".
          const said = (text, element) => {
            const [own] = text.split(": ", 1);
            const ours = words.has(own) ? words.get(own) + text.slice(own.length) : text;
            return within.reduce((it, [from, to, place]) =>
              place && !element.matches(place) ? it : it.replace(from, to), ours);
          };
          const name = (element) => NAMES.forEach((attribute) => {
            const own = element.getAttribute(attribute);
            const ours = own && said(own, element);
            if (ours !== own) element.setAttribute(attribute, ours);
          });
          const text = (node) => {
            const place = node.parentElement?.closest(`${PLACES}, ${THEIRS}`);
            const ours = place && said(node.data, node.parentElement);
            if (place && ours !== node.data && !place.matches(THEIRS)) node.data = ours;
          };
          const all = (root) => {
            if (root.nodeType === Node.TEXT_NODE) return text(root);
            if (root.nodeType !== Node.ELEMENT_NODE) return;
            name(root);
            root.querySelectorAll(NAMES.map((it) => `[${it}]`).join()).forEach(name);
            const places = root.closest(PLACES) ? [root] : root.querySelectorAll(PLACES);
            places.forEach((place) => {
              const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
              while (texts.nextNode()) text(texts.currentNode);
            });
          };
          const observer = new MutationObserver((changes) => changes.forEach((change) => {
            if (change.type === "childList") change.addedNodes.forEach(all);
            else if (change.type === "attributes") name(change.target);
            else text(change.target);
          }));
          all(document.body);
          observer.observe(document.body, {
            subtree: true, childList: true, characterData: true, attributeFilter: NAMES,
          });
          return () => {  // another language was chosen
            observer.disconnect();
            words = new Map(data.words.map(([own, ours]) => [ours, own]));
            within = data.within.map(([own, ours, place]) => [ours, own, place]);
            all(document.body);
          };
        }
        """,
    )
