"""What stands in an answer: its elements and forms, and what no page may hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse

# Breaks out of whatever it is put into without being escaped, and is an element of its own.
SCRIPT = "\"'></title></textarea></script><zzz onzzz=1>'-alert(1)-'"
# The same for the twelve letters of a counter's label.
SHORT_SCRIPT = "\"'><zzz x=1>"
FOREIGN = "zzz"
# A form's value that is not the visitor's own: never sent back, or different with every page.
KEPT_BACK = ("csrfmiddlewaretoken", "password", "key", "flow")

Pairs = list[tuple[str, str]]


@dataclass
class Form:
    """``fields`` are what a browser would send without a button, in order.

    ``names`` is every name in the form, ``texts`` what can be typed over.
    """

    method: str
    action: str
    fields: Pairs = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)
    texts: Pairs = field(default_factory=list)
    buttons: Pairs = field(default_factory=list)


class Page(HTMLParser):
    """The elements of a page, its forms, and the faults found in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.faults: list[str] = []
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._outside: list[tuple[str, str, str]] = []
        self._select = self._textarea = ""
        self._text: list[str] = []
        self._bare_option: dict[str, str] | None = None
        self.feed(html)
        self.close()
        for form_id, name, value in self._outside:
            self._button(self._by_id[form_id], name, value)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._look_for_faults(tag, values)
        if tag == "form":
            self._form = Form(values.get("method", "get").lower(), values.get("action", ""))
            self.forms.append(self._form)
            self._by_id[values.get("id", "")] = self._form
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag in ("input", "button", "select", "textarea") and values.get("name"):
            if "form" in values:
                self._outside.append((values["form"], values["name"], values.get("value", "")))
            elif self._form is not None:
                self._control(self._form, tag, values)
        elif tag == "option" and self._select and self._form is not None:
            if "value" in values:
                self._option(self._form, values["value"], "selected" in values)
            else:
                self._bare_option = values

    def _control(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name, value, kind = values["name"], values.get("value", ""), values.get("type", "text")
        form.names.add(name)
        if kind == "submit" or tag == "button":
            self._button(form, name, value)
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea, self._text = name, []
        elif tag == "input" and kind in ("checkbox", "radio"):
            form.choices.setdefault(name, []).append(value or "on")
            if "checked" in values:
                form.fields.append((name, value or "on"))
        elif tag == "input" and kind not in ("image", "reset"):
            form.fields.append((name, value))
            if kind not in ("hidden", "password", "file"):
                form.texts.append((name, value))

    def _button(self, form: Form, name: str, value: str) -> None:
        form.names.add(name)
        form.buttons.append((name, value))

    def _option(self, form: Form, value: str, is_selected: bool) -> None:
        form.choices.setdefault(self._select, []).append(value)
        if is_selected:
            form.fields.append((self._select, value))

    def handle_data(self, data: str) -> None:
        if self._bare_option is not None and self._form is not None:
            # Its text is its value.
            self._option(self._form, data.strip(), "selected" in self._bare_option)
            self._bare_option = None
        if self._textarea:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea and self._form is not None:
            # The line break that follows the tag belongs to the page, not to the text.
            text = "".join(self._text).removeprefix("\n").removeprefix("\r\n")
            self._form.fields.append((self._textarea, text))
            self._form.texts.append((self._textarea, text))
            self._textarea = ""

    def _look_for_faults(self, tag: str, values: dict[str, str]) -> None:
        if tag == FOREIGN or FOREIGN in "".join(values) or f"on{FOREIGN}" in values:
            self.faults.append(f"text became an element: {tag} {values}")
        if tag == "style" or "style" in values:
            self.faults.append(f"style in the page: {tag} {values}")
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.faults.append("script in the page")
        self.faults += [f"{name} in the page" for name in values if name.startswith("on")]
        for name in ("href", "src", "action", "formaction"):
            if values.get(name, "").strip().lower().startswith(("javascript:", "vbscript:")):
                self.faults.append(f"script as an address: {values[name]}")
        if tag in ("base", "object", "embed"):
            self.faults.append(f"{tag} in the page")


def is_html(answer: HttpResponse) -> bool:
    return answer.get("Content-Type", "").startswith("text/html")


def faults_of(answer: HttpResponse) -> list[str]:
    """What is wrong with an answer, whatever was asked."""
    return list(_faults(answer))


def _faults(answer: HttpResponse) -> Iterator[str]:
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    if answer.get("X-Content-Type-Options") != "nosniff":
        yield "a browser may guess the type"
    if answer.get("Referrer-Policy") not in ("same-origin", "no-referrer", "strict-origin"):
        yield "other sites learn addresses"
    if answer.get("X-Frame-Options") not in ("DENY", "SAMEORIGIN"):
        yield "other sites may put the page into theirs"
    policy = answer.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy or "unsafe" in policy or "*" in policy:
        yield f"policy: {policy!r}"
    if is_html(answer):
        yield from Page(answer.content.decode()).faults
