/* The ticket page: asks for the print once it stands, and says how it went. Until then the page
   is busy: the next scan must not take the paper from whoever stands there. */

const form = document.getElementById("print");
// Where the browser does not report the end of the print, nobody knows whether paper came.
const PRINT_TAKES_AT_MOST_MS = 6000;

function show(state) {
  if (state !== "printing") free();
  for (const line of document.querySelectorAll("[data-print]")) line.hidden = line.dataset.print !== state;
}

function free() {
  delete document.body.dataset.busy;
  dispatchEvent(new Event("kiosk:free"));
}

function printHere() {
  const frame = document.createElement("iframe");
  frame.className = "print-frame";
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  frame.src = form.dataset.slip;
  const unsure = setTimeout(() => show("unsure"), PRINT_TAKES_AT_MOST_MS);
  addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.data !== "printed") return;
    clearTimeout(unsure);
    show("done");
  });
  document.body.append(frame);
}

async function requestPrint() {
  show("printing");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(form),
    });
    const { state } = await answer.json();
    if (state === "browser") printHere();
    else show(state);
  } catch {
    show("failed");
  }
}

if (form) {
  document.body.dataset.busy = "printing";
  requestPrint();
}
