/*
 * The desk stays in step with the queue. A socket tells the version of the queue; the page
 * then fetches the part that shows it. Without a socket it fetches every ten seconds, and it
 * says so when what it shows may be old.
 */

const desk = document.getElementById("desk");
const live = document.getElementById("desk-live");
const stale = document.getElementById("desk-stale");
const said = document.getElementById("desk-said");
const dialog = document.getElementById("desk-dialog");

const SOON = 500;
const POLL = 10_000;
const STALE = 25_000;
// Lateness and waits move on although nothing changes.
const RENEW = 60_000;

let shownAt = performance.now();
let freshAt = performance.now();
let connected = false;
let fetchedAt = performance.now();
let wanted = 0;
let fetching = false;
let pressed = false;

const shown = () => document.getElementById("desk-version")?.dataset ?? {};
const version = () => Number(shown().version ?? 0);
const acting = () => document.querySelector(".htmx-request") !== null;

// What the queue looks like ---------------------------------------------------------

async function refresh() {
  // Never under the clerk's hands: not while a button is held down or an action is on its way.
  if (fetching || pressed || acting()) return;
  fetching = true;
  fetchedAt = performance.now();
  const begunWith = version();
  try {
    const address = new URL(desk.dataset.fragment, location.href);
    if (shown().counter) address.searchParams.set("had", shown().counter);
    const response = await fetch(address, { signal: AbortSignal.timeout(8000) });
    if (response.redirected || [403, 404].includes(response.status)) return location.reload();
    if (!response.ok) throw new Error(response.status);
    const html = await response.text();
    freshAt = performance.now();
    const next = new DOMParser().parseFromString(html, "text/html").getElementById("desk-version");
    // An action meanwhile shows something newer.
    const overtaken = version() !== begunWith && Number(next?.dataset.version) < version();
    if (next && !overtaken && !acting() && !pressed) {
      htmx.swap("#desk", html, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
    }
  } catch {
    // The clock below tries again and says when it has been too long.
  } finally {
    fetching = false;
  }
}

// htmx keeps the focus on what has the same id; a swap shall lose neither place nor details.
let before = { focus: "", region: "", closed: [], scroll: [0, 0] };
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== desk) return;
  const text = event.detail.serverResponse ?? "";
  const found = /data-version="(\d+)"/.exec(text);
  // An answer that was overtaken by a newer one shows the past.
  if (found && Number(found[1]) < version()) event.detail.shouldSwap = false;
});
new MutationObserver(() => {
  shownAt = performance.now();
  for (const id of before.closed) document.getElementById(id)?.removeAttribute("open");
  if (before.focus && document.activeElement === document.body) {
    const target = document.getElementById(before.focus) ?? document.getElementById(before.region);
    (target?.disabled ? document.getElementById(before.region) : target)?.focus({ preventScroll: true });
  }
  scrollTo(...before.scroll);
  tick();
}).observe(desk, { childList: true });

function remember() {
  const focus = document.activeElement;
  if (focus && focus !== document.body && !desk.contains(focus)) {
    before.focus = "";
  } else if (focus?.id) {
    before.focus = focus.id;
    before.region = focus.closest("section[id]")?.id ?? "desk-current";
  }
  before.closed = [...desk.querySelectorAll("details[id]:not([open])")].map((one) => one.id);
  before.scroll = [scrollX, scrollY];
}
for (const kind of ["focusin", "toggle", "scroll", "click"]) {
  addEventListener(kind, remember, { capture: true, passive: true });
}

addEventListener("pointerdown", () => (pressed = true), true);
for (const kind of ["pointerup", "pointercancel", "blur"]) {
  addEventListener(kind, () => setTimeout(() => (pressed = false), 50), true);
}

// Actions ---------------------------------------------------------------------------

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target?.id === "desk-step") {
    if (!dialog.open) dialog.showModal();
    dialog.setAttribute("aria-label", dialog.querySelector("#step-title")?.textContent ?? "");
    dialog.querySelector("textarea, input[type=radio]:checked, input[type=radio], a, button")?.focus();
  } else if (target === desk) {
    freshAt = performance.now();
    if (dialog.open) dialog.close();
  }
});
dialog.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close]")) return;
  event.preventDefault();
  dialog.close();
});

for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, () => {
    const text = document.createElement("p");
    text.className = "desk-failed";
    text.setAttribute("role", "alert");
    text.textContent = desk.dataset.failed;
    (dialog.open ? dialog.querySelector("section") : said).replaceChildren(text);
  });
}

// The socket ------------------------------------------------------------------------

liveSocket(desk.dataset.socket, {
  onMessage(message) {
    wanted = message.version;
    if (version() === wanted) freshAt = performance.now();
    else refresh();
  },
  onFresh() {
    connected = true;
  },
  onStale() {
    connected = false;
  },
  // Signed out, or no longer of this office: the page itself will say so.
  onRefused() {
    location.reload();
  },
});

// The clock -------------------------------------------------------------------------

function tick() {
  const passed = Math.floor((performance.now() - shownAt) / 1000);
  for (const one of desk.querySelectorAll("[data-elapsed]:not([data-still])")) {
    const seconds = Number(one.dataset.elapsed) + passed;
    const minutes = Math.floor(seconds / 60);
    const text = "clock" in one.dataset ? `${minutes}:${String(seconds % 60).padStart(2, "0")}` : `${minutes}`;
    if (one.textContent !== text) one.textContent = text;
  }
  // What can be undone can be for some seconds only.
  const undo = desk.querySelector("[data-seconds]:not(:disabled)");
  if (undo && passed >= Number(undo.dataset.seconds)) {
    undo.disabled = true;
    undo.querySelector(".undo")?.remove();
  }
}

/** The office's time of day at a moment of this browser, whose clock may be another. */
function officeTime(moment) {
  const then = new Date(Date.parse(`${shown().at}Z`) + moment - shownAt);
  return then.toISOString().slice(11, 19);
}

function say(state) {
  const text = live.dataset[state];
  if (live.textContent !== text) live.textContent = text;
  live.classList.toggle("live--stale", state !== "live");
}

function check() {
  const now = performance.now();
  const behind = connected && wanted !== version() && now - fetchedAt >= SOON;
  if (behind || now - fetchedAt >= (connected ? RENEW : POLL)) refresh();
  const old = now - freshAt >= STALE;
  if (old && stale.hidden) {
    document.getElementById("desk-stale-since").textContent = officeTime(freshAt);
  }
  stale.hidden = !old;
  say(old ? "stale" : connected ? "live" : "polling");
  tick();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
addEventListener("online", refresh);
// The browser may show the page from its memory after "back".
addEventListener("pageshow", (event) => event.persisted && refresh());

remember();
setInterval(check, 500);
