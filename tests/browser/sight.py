"""A page for those who enlarge it, choose their own colours or cannot bear movement."""

from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageChops
from playwright.sync_api import Page

# 1280 × 1024 at four times the size.
ENLARGED = {"width": 320, "height": 256}

# The spacing of WCAG 1.4.12. Arabic letters are joined: there is no space between them to widen.
SPACING = """
* { line-height: 1.5 !important; word-spacing: 0.16em !important; }
:not(:lang(ar)) { letter-spacing: 0.12em !important; }
p { margin-block-end: 2em !important; }
"""

SQUEEZED = """spacing => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(spacing);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  for (const details of document.querySelectorAll("main details")) details.open = true;
  const found = [];
  const name = (element) => element.outerHTML.replace(/\\s+/g, " ").slice(0, 120);
  const root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  if (over > 0) found.push(`${over} px too wide`);

  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const control = "a, button, summary, td, th, dt, dd, legend, label";
  for (const element of document.body.querySelectorAll("*:not(select, option, svg *)")) {
    // Two pixels are for screen readers alone.
    if (!shown(element) || element.clientWidth <= 2 || !element.innerText?.trim()) continue;
    const { overflowX, overflowY, clipPath, display } = getComputedStyle(element);
    if (clipPath === "inset(50%)" || display === "inline") continue;
    const wide = element.scrollWidth > element.clientWidth + 1;
    const high = element.scrollHeight > element.clientHeight + 1;
    const cut = wide && (overflowX !== "visible" || element.matches(control));
    if (cut || (high && overflowY !== "visible")) found.push(`text is cut: ${name(element)}`);
  }

  const within = "nav, header, footer, aside, dialog";
  const around = (hit) => !hit.matches(within) && getComputedStyle(hit).position === "static";
  const belongs = (hit, element) => [element, ...(element.labels ?? [])].some(
    (own) => own.contains(hit) || (hit.contains(own) && around(hit)));
  const reached = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'],"
      + "[data-error-summary]");
  for (const element of reached) {
    if (element.disabled || !shown(element)) continue;
    element.focus({ focusVisible: true });
    element.getAnimations().forEach((one) => one.finish());
    if (document.activeElement !== element) {
      found.push(`takes no focus: ${name(element)}`);
      continue;
    }
    const box = element.getBoundingClientRect();
    const left = Math.max(box.left, 0), width = Math.min(box.right, innerWidth) - left;
    const top = Math.max(box.top, 0), height = Math.min(box.bottom, innerHeight) - top;
    let hits = 0, cover = null;
    for (const x of [0.1, 0.5, 0.9]) {
      for (const y of [0.1, 0.5, 0.9]) {
        if (width <= 0 || height <= 0) continue;
        const hit = document.elementFromPoint(left + x * width, top + y * height);
        if (hit && belongs(hit, element)) hits += 1;
        else cover = hit;
      }
    }
    const what = cover ? name(cover) : "the edge";
    if (hits < 6) found.push(`${what} lies over the focus: ${name(element)}`);
  }
  document.activeElement?.blur();
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
  return found;
}"""

# What moves, or would on the next change, for longer than a hundredth of a second.
RESTLESS = """() => {
  const found = new Set();
  const name = (element) => element.outerHTML.replace(/\\s+/g, " ").slice(0, 120);
  for (const animation of document.getAnimations()) {
    const { duration, iterations } = animation.effect.getComputedTiming();
    if (duration > 10 || iterations > 1) found.add(`moves: ${name(animation.effect.target)}`);
  }
  const long = (times) => Math.max(...times.split(",").map(parseFloat)) > 0.01;
  for (const element of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part);
      const animated = style.animationName !== "none" && long(style.animationDuration);
      if (animated || long(style.transitionDuration)) found.add(`would move: ${name(element)}`);
      if (style.scrollBehavior === "smooth") found.add(`scrolls slowly: ${name(element)}`);
    }
  }
  return [...found];
}"""

BOXES = """selector => [...document.querySelectorAll(selector)]
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 2)
  .map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const name = element.outerHTML.replace(/\\s+/g, " ").slice(0, 120);
    return { name, box: [x + scrollX, y + scrollY, width, height] };
  })"""

# One of each kind of what can have the focus, by the element and its class.
KINDS = """() => {
  const kinds = new Map();
  const reached = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, summary, [data-error-summary]");
  for (const element of reached) {
    if (!element.checkVisibility()) continue;
    const { localName, type, className, checked } = element;
    const kind = [localName, type, className, checked, element.matches("main *")].join(" ");
    if (!kinds.has(kind)) kinds.set(kind, element);
  }
  return [...kinds].map(([kind, element], index) => {
    element.dataset.kind = index;
    return kind;
  });
}"""

# Pairs that must look different: what is chosen, current, wrong or free, and what is not.
DIFFERENT = (
    ("a.day[aria-current=true]", "a.day:not([aria-current])"),
    ("a.day:not([aria-current])", "span.day:not([aria-current])"),
    (".steps__item[aria-current]", ".steps__item:not([aria-current])"),
    (".service:has(input:checked)", ".service:not(:has(input:checked))"),
    ("input[type=checkbox]:checked", "input[type=checkbox]:not(:checked)"),
    ("input[type=radio]:checked", "input[type=radio]:not(:checked)"),
    (".kern-form-input--error", ".kern-form-input:not(.kern-form-input--error)"),
)


def enlarged(page: Page) -> list[str]:
    """What does not fit into a window of ``ENLARGED``, with the letters as they are and apart."""
    # Otherwise the page is still on its way to the focus.
    page.emulate_media(reduced_motion="reduce")
    found = page.evaluate(SQUEEZED, "")
    return found + [f"with more space, {one}" for one in page.evaluate(SQUEEZED, SPACING)]


def restless(page: Page) -> list[str]:
    """What moves although the visitor has asked for less motion."""
    page.emulate_media(reduced_motion="reduce")
    return page.evaluate(RESTLESS)


def colourless(page: Page, scheme: str, seen: set[str]) -> list[str]:
    """What cannot be made out in forced colours; ``seen``: kinds of focus looked at before."""
    page.emulate_media(forced_colors="active", color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("document.activeElement?.blur()")
    picture = _picture(page)
    return [*_icons(page, picture), *_pairs(page, picture), *_focus(page, picture, seen)]


def _picture(page: Page, clip: dict[str, float] | None = None) -> Image.Image:
    data = page.screenshot(full_page=True, clip=clip) if clip else page.screenshot(full_page=True)
    return Image.open(BytesIO(data)).convert("RGB")


def _icons(page: Page, picture: Image.Image) -> Iterator[str]:
    for one in page.evaluate(BOXES, ".kern-icon, main img, header img"):
        x, y, width, height = one["box"]
        # Its frame does not count.
        edge = width / 8
        box = (x + edge, y + edge, x + width - edge, y + height - edge)
        part = picture.crop(tuple(round(one) for one in box))
        if len(part.getcolors(maxcolors=1 << 16) or "many") < 2:
            yield f"not to be seen: {one['name']}"


def _pairs(page: Page, picture: Image.Image) -> Iterator[str]:
    for this, that in DIFFERENT:
        these, those = page.evaluate(BOXES, this), page.evaluate(BOXES, that)
        if these and those:
            one, other = (_look(picture, boxes[0]["box"]) for boxes in (these, those))
            if all(abs(a - b) < 0.02 for a, b in zip(one, other, strict=True)):
                yield f"looks like what it is not: {this}"


def _look(picture: Image.Image, box: list[float]) -> tuple[float, ...]:
    """The mean of red, green and blue of the four edges and within, from 0 to 1."""
    x, y, width, height = box
    band, sides = 7, []
    left, top, right, bottom = x - 5, y - 5, x + width + 5, y + height + 5
    for side in (
        (left, top, right, top + 2 * band),
        (left, bottom - 2 * band, right, bottom),
        (left, top, left + 2 * band, bottom),
        (right - 2 * band, top, right, bottom),
        (x, y, x + width, y + height),
    ):
        small = picture.crop(tuple(round(edge) for edge in side)).resize(
            (1, 1), Image.Resampling.BOX
        )
        sides += [channel / 255 for channel in small.getpixel((0, 0))]
    return tuple(sides)


def _focus(page: Page, picture: Image.Image, seen: set[str]) -> Iterator[str]:
    for index, kind in enumerate(page.evaluate(KINDS)):
        if kind in seen:
            continue
        seen.add(kind)
        page.evaluate(
            """index => {
              const element = document.querySelector(`[data-kind='${index}']`);
              element.focus({ focusVisible: true, preventScroll: true });
              element.getAnimations().forEach((one) => one.finish());
            }""",
            index,
        )
        (one,) = page.evaluate(BOXES, f"[data-kind='{index}']") or [None]
        if one is None:
            continue
        x, y, width, height = one["box"]
        left, top = max(0, round(x) - 8), max(0, round(y) - 8)
        right = min(picture.width, round(x + width) + 8)
        bottom = min(picture.height, round(y + height) + 8)
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        focused = _picture(page, clip)
        change = ImageChops.difference(focused, picture.crop((left, top, right, bottom)))
        changed = sum(change.convert("L").point(lambda grey: grey > 40).histogram()[1:])
        if changed < width + height:
            yield f"no focus to be seen: {kind}: {one['name']}"
