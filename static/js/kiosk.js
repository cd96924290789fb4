/* The kiosk's pages: the clock, the keypad, the arrow keys, and the way back to the start when
   nobody is there. */

const body = document.body;
const dialog = document.getElementById("still-there");
// Whoever uses an aid gets more time for everything.
const patience = Number(body.dataset.patience);
const ASK_SECONDS = 20 * patience; // "Are you still there?"
const REFRESH_SECONDS = 60; // the start page follows opening hours and queue

/* The clock runs on from the server's time, in the office's zone. Nothing here asks the kiosk's
   own clock, which may be wrong and may be set at any moment. */
const clock = document.querySelector("[data-clock]");
if (clock) {
  const ahead = Number(clock.dataset.clock) - performance.now();
  const format = new Intl.DateTimeFormat("de", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.zone });
  setInterval(() => { clock.textContent = format.format(performance.now() + ahead); }, 1000);
}

/* Leaving goes through a question to the server: without network this page stays and says so. */
let leaving = false;

async function leave(address) {
  leaving = true;
  try {
    const answer = await fetch(address, { cache: "no-store", redirect: "manual" });
    if (answer.status >= 500) throw new Error(answer.statusText);
    location.replace(address);
  } catch {
    dialog.close();
    document.getElementById("offline").hidden = false;
    setTimeout(() => leave(address), 5000);
  }
}

function goHome() {
  if (!leaving) leave(body.dataset.home);
}

/* Counts seconds down in the child marked data-seconds, then calls over(). Returns how to stop it. */
function countDown(box, seconds, over) {
  const end = performance.now() + seconds * 1000;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    box.querySelector("[data-seconds]").textContent = left;
    if (left > 0) return;
    clearInterval(timer);
    over();
  }, 250);
  return () => clearInterval(timer);
}

/* Nobody there: ask, then go home; a start page that nobody has touched only follows the hours. */
const idleSeconds = Number(body.dataset.idle) * patience;
let lastTouch = performance.now();
let stopAsking = null;

for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, () => { lastTouch = performance.now(); }, { capture: true, passive: true });
}

function ask() {
  dialog.showModal();
  stopAsking = countDown(dialog, ASK_SECONDS, goHome);
}
dialog.addEventListener("close", () => {
  stopAsking?.();
  lastTouch = performance.now();
});

if (body.dataset.start === "fresh") {
  const timer = setInterval(() => {
    if (performance.now() - lastTouch < REFRESH_SECONDS * 1000) return;
    clearInterval(timer);
    goHome();
  }, 1000);
} else if (idleSeconds) {
  setInterval(() => {
    if (!leaving && !dialog.open && performance.now() - lastTouch >= idleSeconds * 1000) ask();
  }, 1000);
}

/* A page that closes by itself, with its seconds shown. */
const closing = document.querySelector("[data-closing]");
if (closing) {
  let stop = countDown(closing, Number(closing.dataset.closing) * patience, goHome);
  closing.querySelector("[data-more-time]").addEventListener("click", () => {
    stop();
    stop = countDown(closing, 60 * patience, goHome);
  });
}

/* A keypad with arrows walks through the controls, as Tab does; F1 switches reading aloud. */
const WALK = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function walk(step) {
  const inside = [dialog, document.getElementById("tools")].find((one) => one?.matches(":modal, :popover-open"));
  const controls = [...(inside ?? body).querySelectorAll("a[href], button, input, select")].filter(
    (one) => one.checkVisibility() && !one.disabled && !one.matches(".skip-link, .demo-bar *"),
  );
  const at = controls.indexOf(document.activeElement);
  const next = at < 0 && step < 0 ? -1 : at + step;
  controls.at(next % controls.length)?.focus();
}

addEventListener("keydown", (event) => {
  if (event.key === "F1") {
    event.preventDefault();
    document.querySelector(".aid[value=aloud]")?.click();
    return;
  }
  const inItself = event.target.matches("select") || (event.target.matches("input") && /Left|Right/.test(event.key));
  if (!(event.key in WALK) || inItself || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  walk(WALK[event.key]);
});

/* The keypad types into the real field, in groups of four. */
const keypad = document.querySelector("[data-keypad]");
if (keypad) {
  const field = keypad.elements.code;
  const group = () => {
    if (!/^[\d\s]*$/.test(field.value)) return; // a scanner is typing an address
    const digits = field.value.replace(/\D/g, "").slice(0, 8);
    field.value = digits.length > 4 ? `${digits.slice(0, 4)} ${digits.slice(4)}` : digits;
  };
  field.inputMode = "none"; // the keypad is on the page, no second one shall open
  field.addEventListener("input", group);
  group();
  keypad.querySelector(".pad").hidden = false;
  keypad.querySelector("[data-without-keypad]").hidden = true;
  keypad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key], [data-erase]");
    if (!key) return;
    if ("erase" in key.dataset) field.value = field.value.replace(/\d\s?$/, "");
    else field.value += key.dataset.key;
    group();
    // After a tap Enter shall send the code, not press the same key again.
    if (event.detail > 0) field.focus();
  });
}
