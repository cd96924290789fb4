/*
 * The front desk by keyboard. The search has the focus whenever nothing else is being done;
 * function keys open what can be done, Enter does the usual next step, Escape leads back.
 * That the room stays in step with the queue is desk.js's business.
 */

const desk = document.getElementById("desk");
const search = document.getElementById("reception-search");
const field = document.getElementById("reception-typed");
const found = document.getElementById("reception-found");
const scan = document.getElementById("reception-scan");
const dialog = document.getElementById("desk-dialog");
const step = document.getElementById("desk-step");
const help = document.getElementById("reception-keys");
const opener = document.getElementById("keys-open");

// What a check-in code or the address in a QR code looks like.
const CODE = /^\s*\d{4}[\s-]?\d{4}\s*$/;
const SCANNED = /[0-9a-f]{8}(?:[^0-9a-f]?[0-9a-f]{4}){3}[^0-9a-f]?[0-9a-f]{12}/i;

// Enter was pressed before what it leads to was there.
let toFirstFound = false;
let toFirstTime = false;
// Somebody already types what is looked for next, while the step before is still being put away.
let typesOn = false;

const isField = (element) =>
  ["TEXTAREA", "SELECT"].includes(element.tagName) ||
  (element.tagName === "INPUT" && !["button", "submit", "hidden"].includes(element.type));

const rows = () => [...found.querySelectorAll("[data-row]")];
const days = () => [...step.querySelectorAll("[data-day]")];
const timesOf = (day) => [...day.querySelectorAll("[data-time]")];

opener.hidden = false;
opener.addEventListener("click", () => help.showModal());

function focus(element) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return Boolean(element);
}

/** Whatever is typed next goes into the search. */
function toSearch() {
  // A closing dialog gives the focus back, but in Chromium not always the caret with it.
  field.blur();
  field.focus();
  if (typesOn) field.setSelectionRange(field.value.length, field.value.length);
  else field.select();
}

const findAgain = () => htmx.trigger(search, "refresh");

// The search ------------------------------------------------------------------------

function enterInSearch() {
  const typed = field.value;
  if (CODE.test(typed) || SCANNED.test(typed)) {
    scan.elements.code.value = typed.trim();
    scan.requestSubmit();
    return;
  }
  toFirstFound = true;
  findAgain();
}

function moveInFound(from, by) {
  const all = rows();
  const at = all.indexOf(from) + by;
  if (at < 0) field.focus();
  else focus(all[Math.min(at, all.length - 1)]);
}

// The times of a booking --------------------------------------------------------------

function moveInTimes(from, key) {
  const day = from.closest("[data-day]");
  const all = days();
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const every = all.flatMap(timesOf);
    focus(every[every.indexOf(from) + (key === "ArrowLeft" ? -1 : 1)]);
    return;
  }
  const other = all[all.indexOf(day) + (key === "ArrowUp" ? -1 : 1)];
  if (!other) return;
  const wanted = Number(from.dataset.time);
  const distance = (time) => Math.abs(Number(time.dataset.time) - wanted);
  focus(timesOf(other).reduce((best, time) => (distance(time) < distance(best) ? time : best)));
}

/** To the first free time: now, or as soon as the times of this choice are there. */
function onward() {
  toFirstTime = step.querySelector(".htmx-request") !== null;
  if (!toFirstTime) focus(step.querySelector("[data-time]"));
}

// Keys ------------------------------------------------------------------------------

function inDialog(event, target) {
  if (target.matches("[data-time]") && event.key.startsWith("Arrow")) {
    moveInTimes(target, event.key);
    return true;
  }
  if (event.key === "PageDown" && step.querySelector("[data-later]")) {
    toFirstTime = true;
    step.querySelector("[data-later]").click();
    return true;
  }
  if (event.key !== "Enter" || !target.matches("[data-onward]")) return false;
  const form = target.form;
  if ("enter" in form.dataset) form.requestSubmit();
  else onward();
  return true;
}

function onPage(event, target) {
  const pressed = document.querySelector(`[data-press="${event.key}"]`);
  if (pressed) {
    pressed.click();
    return true;
  }
  if (event.key === "F9") return focus(desk.querySelector("#desk-waiting .queue__act a"));
  if (event.key === "Escape") {
    field.value = "";
    toSearch();
    findAgain();
    return true;
  }
  if (event.key === "?" && (!isField(target) || !field.value)) {
    help.showModal();
    return true;
  }
  if (target === field && event.key === "Enter") {
    enterInSearch();
    return true;
  }
  if (["ArrowDown", "ArrowUp"].includes(event.key) && (target === field || found.contains(target))) {
    moveInFound(target, event.key === "ArrowDown" ? 1 : -1);
    return true;
  }
  // Whoever types anywhere else means the search.
  if (!isField(target) && /^[\p{L}\p{N}]$/u.test(event.key)) field.focus();
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  // A held Enter would press again whatever takes the place of the button.
  if (event.repeat && event.key === "Enter") {
    event.preventDefault();
    return;
  }
  if (help.open) return;
  const done = dialog.open ? inDialog(event, event.target) : onPage(event, event.target);
  if (done) event.preventDefault();
});

// What comes back ---------------------------------------------------------------------

field.addEventListener("input", () => {
  typesOn = true;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt !== search) typesOn = false;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target === found) {
    if (toFirstFound) focus(rows()[0]);
    toFirstFound = false;
  } else if (target === desk) {
    // Something was done: on with the next person. What was refused stays to be corrected.
    if (!typesOn && !document.querySelector("#desk-said .kern-alert--danger")) field.value = "";
    toSearch();
    findAgain();
  } else if (target === step) {
    const first = [".kern-form-input__input--error", "[data-focus]", "input:not([type=hidden])"];
    if (toFirstTime) first.unshift("[data-time]");
    toFirstTime = false;
    focus(first.map((one) => step.querySelector(one)).find(Boolean));
  } else if (target?.id === "reception-free" && toFirstTime) {
    toFirstTime = false;
    focus(step.querySelector("[data-time]"));
  }
});

// At once: the event of closing comes later, and until then typing would go nowhere.
new MutationObserver(() => !dialog.open && toSearch()).observe(dialog, { attributeFilter: ["open"] });

dialog.addEventListener("close", () => {
  // Whoever leaves without booking gives the time back.
  const release = step.querySelector("[data-release]");
  if (release) fetch(release.action, { method: "POST", body: new FormData(release), keepalive: true, redirect: "manual" });
  step.replaceChildren();
  findAgain();
});

// Somebody checked in elsewhere: what was found may say so now.
new MutationObserver(() => !dialog.open && findAgain()).observe(desk, { childList: true });

field.focus();
