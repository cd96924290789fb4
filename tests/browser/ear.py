"""What a screen reader says of its own accord."""

# Before the page's own scripts: what a screen reader says by itself, in ``window.heard``. A region
# that comes together with its text is silent, except an alert.
EAR = r"""
window.heard = [];
addEventListener("DOMContentLoaded", () => {
  const live = "[role=status], [role=alert], [aria-live]:not([aria-live=off])";
  const last = new WeakMap();
  const text = (region) => region.innerText.replace(/\s+/g, " ").trim();
  const note = () => {
    for (const region of document.querySelectorAll(live)) {
      if (region.checkVisibility() && !last.has(region)) last.set(region, text(region));
    }
  };
  const hear = (changes) => {
    const changed = new Map();
    for (const { target, type } of changes) {
      const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
      const region = element?.closest(live);
      if (region) changed.set(region, changed.get(region) || type !== "attributes");
    }
    for (const [region, rewritten] of changed) {
      const known = last.has(region) || region.role === "alert";
      if (!known || !region.checkVisibility()) continue;
      const now = text(region);
      if (now && (rewritten || now !== last.get(region))) window.heard.push(now);
      last.set(region, now);
    }
    note();
  };
  note();
  new MutationObserver(hear).observe(document, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["hidden", "class"],
  });
});
"""
