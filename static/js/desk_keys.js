/*
 * One key each. A key presses the button that carries it, and only that: what is not possible
 * now is disabled, and a second press while the first is on its way does nothing.
 */

const desk = document.getElementById("desk");
const help = document.getElementById("desk-keys");
const opener = document.getElementById("keys-open");
const choice = document.getElementById("desk-keys-on");
const STORE = "schalter-desk-keys";

choice.checked = localStorage.getItem(STORE) !== "off";
choice.addEventListener("change", () => {
  localStorage.setItem(STORE, choice.checked ? "on" : "off");
  show();
});
const show = () => document.documentElement.classList.toggle("keys-off", !choice.checked);
show();

opener.hidden = false;
opener.addEventListener("click", () => help.showModal());

// A field of a dialog that has just closed keeps the focus until the browser draws again.
const isField = (element) =>
  element.checkVisibility() &&
  (element.isContentEditable ||
    ["TEXTAREA", "SELECT"].includes(element.tagName) ||
    (element.tagName === "INPUT" && !["button", "submit", "hidden"].includes(element.type)));

/** Up and down move among the people who can be called; Enter presses the button in focus. */
function move(step) {
  const rows = [...desk.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

/** Ctrl+Z takes back what was done; in a field it takes back what was typed. */
function isUndo(event) {
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey
    && event.key.toLowerCase() === "z" && !isField(event.target);
}

/** The button that carries a key, unless it is disabled or an action is on its way. */
function press(key) {
  if (document.querySelector(".htmx-request")) return false;
  const button = desk.querySelector(`[data-key="${key}"]:not(:disabled)`);
  button?.click();
  return Boolean(button);
}

document.addEventListener("keydown", (event) => {
  if (isUndo(event) && !event.repeat && !document.querySelector("dialog[open]")) {
    if (press("w")) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  // A held Enter would press again whatever takes the place of the button.
  if (event.repeat && ["Enter", " "].includes(event.key)) {
    if (!isField(event.target)) event.preventDefault();
    return;
  }
  if (isField(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (move(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
    return;
  }
  if (event.repeat || !choice.checked) return;
  if (event.key === "?") {
    help.showModal();
    event.preventDefault();
    return;
  }
  const key = event.key.toLowerCase();
  if (/^[a-z]$/.test(key) && press(key)) event.preventDefault();
});
