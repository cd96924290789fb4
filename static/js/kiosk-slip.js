/* In the hidden frame: fits the page to the ticket and prints it. Chromium started with
   --kiosk-printing asks nothing and uses the default printer. A page of HTML rather than the
   PDF, because a PDF viewer in a frame cannot be told to print by every browser. */

const MM_PER_PX = 25.4 / 96;

async function printSlip() {
  await document.fonts.ready;
  const length = Math.ceil(document.querySelector(".slip").getBoundingClientRect().height * MM_PER_PX) + 2;
  const page = new CSSStyleSheet();
  page.replaceSync(`@page { size: 80mm ${length}mm; margin: 0; }`);
  document.adoptedStyleSheets = [page];
  addEventListener("afterprint", () => parent.postMessage("printed", location.origin));
  print();
}

addEventListener("load", printSlip);
