/* An unpaired device asks every few seconds whether the lead has confirmed its code. */

const POLL_MS = 3000;

async function ask() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.redirected) return location.replace(answer.url);
    if (answer.ok && !(await answer.text()).includes('data-pairing="waiting"')) return location.reload();
  } catch {
    // No network for a moment: the next question comes anyway.
  }
  setTimeout(ask, POLL_MS);
}

if (document.querySelector("[data-pairing]")) setTimeout(ask, POLL_MS);
