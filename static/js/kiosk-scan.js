/* The scanner types like a keyboard and ends with Enter, on whatever page the kiosk shows.
   Loaded first and not deferred, so that no key is lost. What is typed outside the code's own
   field is collected and sent as a check-in.

   One after the other: while a page is on its way or prints, the next scans wait. */

const SCAN_PAUSE_MS = 3000;  // a longer pause begins anew
const SCAN_AT_LEAST = 8;     // digits of a code; addresses are longer
const SCAN_WAITS_MS = 30000; // whoever scanned longer ago has scanned again or gone
const SCANS_WAITING = 5;
const SCAN_KEY = "kiosk-scan";
const WAITING_KEY = "kiosk-scans-waiting";

const kept = (key) => JSON.parse(sessionStorage.getItem(key) ?? "null");
const keep = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));

let scanned = "";
let scannedAt = 0;

// A page that changes in the middle of a scan, such as by the way back to the start.
const begun = kept(SCAN_KEY);
sessionStorage.removeItem(SCAN_KEY);
if (begun && Date.now() - begun.at < SCAN_PAUSE_MS) {
  scanned = begun.text;
  scannedAt = begun.at;
}
addEventListener("pagehide", () => {
  if (scanned) keep(SCAN_KEY, { text: scanned, at: scannedAt });
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter") return endScan(event);
  if (event.key.length !== 1 || (event.key === " " && !scanned)) return;
  const now = Date.now();
  scanned = now - scannedAt > SCAN_PAUSE_MS ? event.key : scanned + event.key;
  scannedAt = now;
}, { capture: true });

const isTyped = (text) => /^[\d\s-]*$/.test(text);

function endScan(event) {
  const text = Date.now() - scannedAt > SCAN_PAUSE_MS ? "" : scanned;
  scanned = "";
  if (text.length < SCAN_AT_LEAST || (event.target.id === "code" && isTyped(text))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Whoever has ticked that before scanning need not type the code.
  const assisted = document.querySelector("input[name=assisted]:checked")?.value ?? "";
  const scan = { text, assisted, at: Date.now() };
  keep(WAITING_KEY, [...(kept(WAITING_KEY) ?? []), scan].slice(-SCANS_WAITING));
  sendNextScan();
}

let isSent = false;

function sendNextScan() {
  const form = document.getElementById("scan");
  if (!form || isSent || "busy" in document.body.dataset) return;
  const [next, ...others] = (kept(WAITING_KEY) ?? []).filter((one) => Date.now() - one.at < SCAN_WAITS_MS);
  keep(WAITING_KEY, others);
  if (!next) return;
  isSent = true;
  form.elements.code.value = next.text;
  if (form.elements.assisted) form.elements.assisted.value = next.assisted;
  form.submit();
}

addEventListener("kiosk:free", sendNextScan);
// Kept by the browser for the way back, the page is as new.
addEventListener("pageshow", (event) => {
  if (event.persisted) isSent = false;
  // Digits that somebody typed before the page with their field stood.
  const field = document.getElementById("code");
  if (field && scanned && isTyped(scanned) && !field.value.replace(/\s/g, "").startsWith(scanned)) {
    field.value = scanned;
    field.dispatchEvent(new Event("input"));
  }
  sendNextScan();
});
