/* The kiosk's pages: the clock, the keypad, and the way back to the start when nobody is there. */

const body = document.body;
const dialog = document.getElementById("still-there");
const ASK_SECONDS = 20;    // "Are you still there?"
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

/* Nobody there: ask, then go home; from the start page without asking, and only to the other language. */
const idleSeconds = Number(body.dataset.idle);
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

if ("start" in body.dataset) {
  const seconds = location.pathname === body.dataset.home ? REFRESH_SECONDS : idleSeconds;
  const timer = setInterval(() => {
    if (performance.now() - lastTouch < seconds * 1000) return;
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
  let stop = countDown(closing, Number(closing.dataset.closing), goHome);
  closing.querySelector("[data-more-time]").addEventListener("click", () => {
    stop();
    stop = countDown(closing, 60, goHome);
  });
}

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
