/* Small conveniences every page may use. Each one is an addition: without it the page is complete. */

/** The error summary takes the focus, so that it is read out first. */
document.querySelector("[data-error-summary]")?.focus();

/** A form marked data-submit-once ignores the second click while the first is on its way. */
for (const form of document.querySelectorAll("form[data-submit-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "true";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

/**
 * Counts down data-countdown="seconds left" in the child marked data-countdown-value, moves a
 * <progress> inside, and shows the element named by data-countdown-over when time is up. Seconds
 * rather than a moment: the demo's clock is not the visitor's.
 */
for (const box of document.querySelectorAll("[data-countdown]")) {
  const end = Date.now() + Number(box.dataset.countdown) * 1000;
  const value = box.querySelector("[data-countdown-value]");
  const bar = box.querySelector("progress");
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    value.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (bar) bar.value = left;
    box.classList.toggle("hold--short", left <= 60);
    if (left > 0) return;
    clearInterval(timer);
    const over = document.getElementById(box.dataset.countdownOver);
    if (over) {
      over.hidden = false;
      box.hidden = true;
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
}
