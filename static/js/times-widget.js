/* <schalter-times town="…" service="…">: the next free times on a town's own page, see docs/website.md.
   What stands inside the element is shown until times are here, and when they are not. */
(() => {
  const site = new URL(document.currentScript.src).origin;
  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { display: block }
    ul { display: flex; flex-wrap: wrap; gap: .75em; margin: 0 0 .75em; padding: 0; list-style: none }
    a { display: block; padding: .6em 1em; border: 1px solid; border-radius: .4em; color: var(--schalter-color, #1e4aa8); font-weight: 600; text-decoration: none }
    a:hover { text-decoration: underline }
    a:focus-visible { outline: 3px solid; outline-offset: 2px }
    small { display: block; font-weight: 400 }`);

  class Times extends HTMLElement {
    async connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [style];
      root.append(document.createElement("slot"));
      const language = this.closest("[lang]")?.lang || "de";
      const query = new URLSearchParams({ count: this.getAttribute("count") || 3 });
      for (const service of (this.getAttribute("service") || "").split(/[\s,]+/).filter(Boolean)) query.append("service", service);
      const address = `${site}/api/v1/authorities/${encodeURIComponent(this.getAttribute("town"))}/times?${query}`;
      try {
        const answer = await fetch(address, { headers: { "Accept-Language": language }, credentials: "omit", referrerPolicy: "no-referrer" });
        const { times } = await answer.json();
        if (times?.length) root.prepend(this.list(times, language));
      } catch {
        // The link inside the element is still there.
      }
    }

    list(times, language) {
      const list = document.createElement("ul");
      list.role = "list";
      for (const { start, office_name, link } of times) {
        const a = document.createElement("a");
        // The office's own wall clock, wherever the reader is.
        const wall = new Date(`${start.slice(0, 16)}Z`);
        a.href = link;
        a.textContent = wall.toLocaleString(language, { weekday: "short", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
        a.append(Object.assign(document.createElement("small"), { textContent: office_name }));
        list.append(document.createElement("li"));
        list.lastChild.append(a);
      }
      return list;
    }
  }
  customElements.define("schalter-times", Times);
})();
