// A text area whose every pause reaches the server, and which no redraw ever disturbs.
//
// Python gives: name (of the local copy), text and revision (as stored), heard (number of the last
// message it has seen), words (the model's), focus, said (what stands on it, in the page's language).
// It gets: state "typed" and trigger "added", each {text, number, revision}, where revision is that
// of the text which was typed upon.
const PAUSE_MS = 400;

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const find = (id) => parentElement.querySelector(id);
  const area = find("textarea");
  const box = (area.box ??= start(area, find, data));
  Object.assign(box, { data, setStateValue, setTriggerValue });
  const { said } = data;
  find("label").textContent = said.label;
  area.placeholder = said.placeholder;
  find("#words").hidden = !data.words;
  find("#words").textContent = said.words;
  find("#add").textContent = said.add;
  box.redrawn();
  addEventListener("pagehide", box.send);
  return () => removeEventListener("pagehide", box.send);
}

function start(area, find, data) {
  const copy = `errata-draft-${data.name}`;
  const box = { number: data.heard, sent: data.text, revision: data.revision, timer: 0 };

  const tell = (words) => {
    find("#state").textContent = words;
  };

  const message = () => {
    clearTimeout(box.timer);
    box.sent = area.value;
    box.number += 1;
    return { text: area.value, number: box.number, revision: box.revision };
  };

  const send = () => {
    if (area.value === box.sent) return;
    tell(box.data.said.saving);
    box.setStateValue("typed", message());
  };

  const typed = () => {
    // The copy on this machine outlives a lost connection; it goes once the server has the text.
    keep(copy, area.value);
    find("#add").disabled = !area.value.trim();
    tell("");
    clearTimeout(box.timer);
    box.timer = setTimeout(send, PAUSE_MS);
  };

  const add = () => {
    if (area.value.trim()) box.setTriggerValue("added", message());
  };

  const useWords = () => {
    if (!box.data.words) return;
    area.value = box.data.words;
    area.focus();
    typed();
  };

  area.addEventListener("input", typed);
  area.addEventListener("blur", send);
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (!event.repeat) add();
    } else if (event.key === "Escape") {
      area.blur(); // the page's own keys work again
    } else if (event.altKey && event.code === "KeyW") {
      event.preventDefault();
      useWords();
    }
  });
  find("#words").addEventListener("click", useWords);
  find("#add").addEventListener("click", add);

  box.send = send;
  box.redrawn = () => {
    const { text, heard, revision } = box.data;
    const allHeard = heard === box.number && area.value === box.sent;
    if (allHeard) area.value = box.sent = text; // It may have been changed elsewhere.
    if (text === area.value) {
      box.revision = revision;
      forget(copy);
      tell(text.trim() ? box.data.said.saved : "");
    }
    find("#add").disabled = !area.value.trim();
  };

  area.value = data.text;
  const left = kept(copy);
  if (left !== null && left !== data.text) {
    area.value = left;
    box.timer = setTimeout(send, 0);
  }
  if (data.focus) setTimeout(() => area.focus(), 0);
  return box;
}

// Storage can be forbidden; then only the server keeps drafts.
function keep(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {
    /* kept by the server alone */
  }
}

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    /* nothing was kept */
  }
}
