// A text area whose every pause reaches the server, and which no redraw ever disturbs.
//
// Python gives: name (of the local copy), label, text (as stored), heard (number of the last
// message Python has seen), words (the model's), action (the button's word), focus.
// It gets: state "typed" {text, number}, trigger "added" {text, number}.
const PAUSE_MS = 400;

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const find = (id) => parentElement.querySelector(id);
  const area = find("textarea");
  const box = (area.box ??= start(area, find, data));
  Object.assign(box, { data, setStateValue, setTriggerValue });
  find("label").textContent = data.label;
  area.placeholder = data.placeholder;
  find("#words").hidden = !data.words;
  find("#add").textContent = `${data.action} · Enter`;
  box.redrawn();
  addEventListener("pagehide", box.send);
  return () => removeEventListener("pagehide", box.send);
}

function start(area, find, data) {
  const copy = `errata-draft-${data.name}`;
  const box = { number: data.heard, sent: data.text, timer: 0 };

  const tell = (words) => {
    find("#state").textContent = words;
  };

  const send = () => {
    clearTimeout(box.timer);
    if (area.value === box.sent) return;
    box.sent = area.value;
    box.number += 1;
    tell("saving…");
    box.setStateValue("typed", { text: area.value, number: box.number });
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
    if (!area.value.trim()) return;
    clearTimeout(box.timer);
    box.sent = area.value;
    box.number += 1;
    box.setTriggerValue("added", { text: area.value, number: box.number });
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
      add();
    } else if (event.altKey && event.code === "KeyW") {
      event.preventDefault();
      useWords();
    }
  });
  find("#words").addEventListener("click", useWords);
  find("#add").addEventListener("click", add);

  box.send = send;
  box.redrawn = () => {
    const { text, heard } = box.data;
    const unsent = area.value !== box.sent;
    if (text !== area.value && heard === box.number && !unsent) {
      // Changed elsewhere, and everything typed here has been heard.
      area.value = box.sent = text;
    }
    if (text === area.value) {
      forget(copy);
      tell(text.trim() ? "draft saved" : "");
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
