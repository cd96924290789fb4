/* The scanner types like a keyboard and ends with Enter, on whatever page the kiosk shows.
   Loaded first and not deferred, so that no key is lost. What is typed outside the code's own
   field is collected and sent as a check-in. */

const SCAN_PAUSE_MS = 3000; // a longer pause begins anew
const SCAN_AT_LEAST = 8;    // digits of a code; addresses are longer
const SCAN_KEY = "kiosk-scan";

let scanned = "";
let scannedAt = 0;

// A page that changes in the middle of a scan, such as by the way back to the start.
const kept = JSON.parse(sessionStorage.getItem(SCAN_KEY) ?? "null");
sessionStorage.removeItem(SCAN_KEY);
if (kept && Date.now() - kept.at < SCAN_PAUSE_MS) {
  scanned = kept.text;
  scannedAt = kept.at;
}
addEventListener("pagehide", () => {
  if (scanned) sessionStorage.setItem(SCAN_KEY, JSON.stringify({ text: scanned, at: scannedAt }));
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter") return endScan(event);
  if (event.key.length !== 1 || (event.key === " " && !scanned)) return;
  const now = Date.now();
  scanned = now - scannedAt > SCAN_PAUSE_MS ? event.key : scanned + event.key;
  scannedAt = now;
}, { capture: true });

function endScan(event) {
  const text = Date.now() - scannedAt > SCAN_PAUSE_MS ? "" : scanned;
  scanned = "";
  const typedInField = event.target.id === "code" && /^[\d\s-]*$/.test(text);
  if (text.length < SCAN_AT_LEAST || typedInField) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const form = document.getElementById("scan");
  if (form.dataset.sent) return;
  form.dataset.sent = "true";
  form.elements.code.value = text;
  form.submit();
}
