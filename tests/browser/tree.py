"""A page as a screen reader gets it: Chromium's accessibility tree, and what is wrong with it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from playwright.sync_api import Page

# What one can operate or must be able to tell from others of its kind.
NAMED = {
    *("link", "button", "textbox", "searchbox", "checkbox", "radio", "combobox", "spinbutton"),
    *("date", "disclosuretriangle", "progressbar", "image", "table", "columnheader", "heading"),
    *("navigation", "region", "complementary"),
}
LANDMARKS = {"navigation", "region", "complementary", "search", "form"}
GROUPS = {*LANDMARKS, "list", "table", "group"}
TIME = re.compile(r"\d{1,2}:\d\d$")

# Words in letters that the language around them does not have; names and abbreviations aside.
FOREIGN = r"""names => {
  const cyrillic = /\p{Script=Cyrillic}/u;
  const letters = { ar: /\p{Script=Arabic}/u, ru: cyrillic, uk: cyrillic };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (element.closest("script, style, noscript") || !element.checkVisibility()) continue;
    const lang = element.closest("[lang]")?.lang ?? "";
    const own = letters[lang.split("-")[0]] ?? /\p{Script=Latin}/u;
    const text = texts.currentNode.data.replace(/\S+@\S+|https?:\S+/g, "");
    const foreign = (text.match(/\p{L}{3,}/gu) ?? []).filter(
      (word) => !own.test(word) && word !== word.toUpperCase() && !names.includes(word));
    if (foreign.length) found.add(`in another language than ${lang}: ${foreign.join(" ")}`);
  }
  return [...found];
}"""

# Links of errors that lead to no field, and regions that come too late to be read out.
DEAF = """() => {
  const found = [];
  const name = (element) => element.outerHTML.slice(0, 120);
  for (const link of document.querySelectorAll("[data-error-summary] a[href^='#']")) {
    const field = document.getElementById(link.hash.slice(1));
    const reached = field && (field.tabIndex >= 0 || field.hasAttribute("tabindex"));
    if (!reached) found.push(`leads to no field: ${name(link)}`);
  }
  for (const region of document.querySelectorAll("[role=status], [aria-live]")) {
    const late = region.parentElement.checkVisibility() && !region.checkVisibility();
    if (late) found.push(`announces nothing while it is hidden: ${name(region)}`);
  }
  return found;
}"""


@dataclass
class Node:
    """What is heard at one place; ``under``: the headings and named groups it belongs to."""

    role: str
    name: str
    description: str
    value: str
    told: dict[str, object]
    parent: "Node | None"
    children: list["Node"] = field(default_factory=list)
    under: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.role} “{self.name}”"


def tree_of(page: Page) -> list[Node]:
    """Everything a screen reader comes across, in its order."""
    session = page.context.new_cdp_session(page)
    raw = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in raw}
    nodes: list[Node] = []
    headings: dict[int, str] = {}

    def visit(raw_node: dict, parent: Node | None) -> None:
        if not raw_node["ignored"] or parent is None:
            parent = _heard(raw_node, parent)
            if parent.role == "heading":
                level = parent.told["level"]
                for deeper in [other for other in headings if other >= level]:
                    del headings[deeper]
                headings[level] = parent.name
            parent.under = (*_groups(parent), *headings.values())
            nodes.append(parent)
        for child in raw_node.get("childIds", ()):
            if child in by_id:
                visit(by_id[child], parent)

    visit(raw[0], None)
    return nodes


def _heard(raw: dict, parent: Node | None) -> Node:
    def text(key: str) -> str:
        return " ".join(str(raw.get(key, {}).get("value", "")).split())

    node = Node(
        role=text("role").lower(),
        name=text("name"),
        description=text("description"),
        value=text("value"),
        told={one["name"]: one["value"].get("value") for one in raw.get("properties", ())},
        parent=parent,
    )
    if parent:
        parent.children.append(node)
    return node


def _groups(node: Node) -> Iterator[str]:
    above = node.parent
    while above:
        if above.role in GROUPS and above.name:
            yield above.name
        above = above.parent


def findings(page: Page, optional: str, names: Sequence[str] = ()) -> list[str]:
    """All that is wrong with a page for somebody who hears it.

    ``optional``: how a field is called that may be left empty; ``names``: words that are names
    and the same in every language.
    """
    nodes = tree_of(page)
    return [
        *_document(page),
        *_headings(nodes),
        *_landmarks(nodes),
        *(f"without a name: {node}" for node in nodes if node.role in NAMED and not node.name),
        *_links(nodes),
        *_times(nodes),
        *_fields(nodes, optional),
        *_structures(nodes),
        *page.evaluate(FOREIGN, [word for name in names for word in re.findall(r"\w+", name)]),
        *page.evaluate(DEAF),
        *_focus_on_errors(page),
    ]


def _document(page: Page) -> Iterator[str]:
    lang, direction, title = page.evaluate(
        "[document.documentElement.lang, document.documentElement.dir, document.title]"
    )
    if not lang:
        yield "the page says no language"
    if direction != ("rtl" if lang == "ar" else "ltr"):
        yield f"{lang} runs {direction or 'nowhere'}"
    if not title.strip(" –"):
        yield "the page has no title"


def _headings(nodes: Sequence[Node]) -> Iterator[str]:
    levels = [node.told["level"] for node in nodes if node.role == "heading"]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} headings of level 1"
    elif levels[0] != 1:
        yield "a heading before that of level 1"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"a heading of level {below} after level {above}"


def _landmarks(nodes: Sequence[Node]) -> Iterator[str]:
    mains = sum(node.role == "main" for node in nodes)
    if mains != 1:
        yield f"{mains} main parts"
    told: set[tuple[str, str]] = set()
    for node in nodes:
        if node.role in LANDMARKS:
            if (node.role, node.name) in told:
                yield f"twice: {node}"
            told.add((node.role, node.name))


def _links(nodes: Sequence[Node]) -> Iterator[str]:
    """Of the same name to different places; a time may be told by where it stands."""
    places = defaultdict(set)
    for node in nodes:
        if node.role == "link" and node.name:
            where = node.under if TIME.match(node.name) else ()
            places[node.name.casefold(), where].add(node.told.get("url"))
    for (name, _under), addresses in places.items():
        if len(addresses) > 1:
            yield f"leads to different places: link “{name}”"


def _times(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        is_time = node.role in {"link", "button"} and TIME.match(node.name)
        if is_time and not any(re.search(r"\d", above) for above in node.under):
            yield f"a time without its day: {node}"


def _fields(nodes: Sequence[Node], optional: str) -> Iterator[str]:
    for node in nodes:
        if node.role not in {"textbox", "searchbox", "combobox", "date", "spinbutton"}:
            continue
        # A search needs no word; a date that is set and a list have an answer already.
        typed = node.role == "textbox" and not node.told.get("readonly")
        if typed and not node.told.get("required") and optional not in node.name:
            yield f"neither required nor optional: {node}"
        if node.told.get("invalid") not in (None, False, "false") and not node.description:
            yield f"does not say what is wrong: {node}"


def _structures(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if node.role == "list" and any(child.role != "listitem" for child in node.children):
            yield f"something else than items in a list: {node}"
        if node.role == "table" and "columnheader" not in _roles_within(node):
            yield f"a table without headers: {node}"


def _roles_within(node: Node) -> Iterator[str]:
    for child in node.children:
        yield child.role
        yield from _roles_within(child)


def _focus_on_errors(page: Page) -> Iterator[str]:
    """The summary of errors, or what its links lead to, is where one is."""
    lost = page.evaluate(
        """() => document.querySelector("[data-error-summary]")
          && (document.activeElement ?? document.body) === document.body"""
    )
    if lost:
        yield "the errors have not got the focus"
