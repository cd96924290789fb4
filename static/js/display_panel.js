/**
 * What some layouts show beside the calls: how long one waits, by letter, or the town's notices.
 * More than fits is shown in turn.
 */
{
  const settings = JSON.parse(document.getElementById("display-settings").textContent);
  const words = JSON.parse(document.getElementById("display-words").textContent);
  const find = (name) => document.querySelector(`[data-${name}]`);
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  const PAGE_FOR = 8000;
  const FETCH_EVERY = 5 * 60 * 1000;

  // The waits ---------------------------------------------------------------------------

  /** As many rows, each as high as `measure`, as have room; the list shares its height by them. */
  globalThis.rowsIn = (list, measure) => {
    const gap = Number.parseFloat(getComputedStyle(list).rowGap) || 0;
    const rows = Math.max(0, Math.floor((list.clientHeight + gap + 1) / (measure.offsetHeight + gap)));
    list.style.setProperty("--rows", Math.max(1, rows));
    return rows;
  };

  const lineOf = ([letter, people], waits) => {
    const item = find("wait").content.firstElementChild.cloneNode(true);
    const [name, remark, time] = item.children;
    name.textContent = letter;
    const wait = waits?.[letter];
    const known = Array.isArray(wait);
    const [from, to] = known ? wait : [];
    if (!waits) time.textContent = people;
    else if (known && from === to) time.textContent = to;
    else if (known) time.textContent = fill(to === null ? words.longer : words.range, { from, to });
    else time.textContent = "?";
    remark.textContent = waits && !known ? words.unknown : "";
    return item;
  };

  let page = 0;
  let lines = [];

  const drawWaits = () => {
    const list = find("waits");
    const rows = Math.max(1, rowsIn(list, find("measure-wait")));
    const pages = Math.max(1, Math.ceil(lines.length / rows));
    page %= pages;
    list.replaceChildren(...lines.slice(page * rows, (page + 1) * rows));
    find("page").textContent = pages > 1 ? `${page + 1}/${pages}` : "";
  };

  /** Of two waits the one that holds for both; an end that nobody knows is null. */
  const longer = ([from, to], [other, end]) => [Math.max(from, other), to === null || end === null ? null : Math.max(to, end)];

  /** Several offices in one room may use the same letter: each letter once, with its longest wait. */
  globalThis.showWaits = (snapshots) => {
    if (!find("waits")) return;
    const people = {};
    let waits = null;
    for (const snapshot of snapshots) {
      for (const [letter, count] of Object.entries(snapshot.waiting_by_letter)) people[letter] = (people[letter] ?? 0) + count;
      for (const [letter, wait] of Object.entries(snapshot.waits ?? {})) {
        waits ??= {};
        people[letter] ??= 0;
        if (!(letter in waits)) waits[letter] = wait;
        else waits[letter] = waits[letter] && wait && longer(waits[letter], wait);
      }
    }
    find("forecast").hidden = !waits;
    find("no-forecast").hidden = Boolean(waits);
    find("nobody").hidden = Object.keys(people).length > 0;
    // A letter that nobody can draw has no wait.
    const shown = Object.entries(people).filter(([letter]) => !waits || letter in waits);
    lines = shown.sort().map((entry) => lineOf(entry, waits));
    drawWaits();
  };

  // The notices -------------------------------------------------------------------------

  const LARGEST_TYPE = 3.2;
  const SMALLEST_TYPE = 1.6;

  /** One after the other, each with the whole room: texts, pictures, and when the office is closed. */
  let sheets = [];
  let turn = 0;
  let known = null;

  /** Kept as elements, so that each picture is fetched once and not with every turn. */
  const pictureOf = ({ picture, picture_text }) => {
    const image = new Image();
    image.src = picture;
    image.alt = picture_text;
    return image;
  };

  const sheetsOf = (notice) => [
    ...(notice.text || !notice.picture ? [{ heading: notice.heading, text: notice.text }] : []),
    ...(notice.picture ? [{ heading: notice.heading, image: pictureOf(notice) }] : []),
  ];

  const fit = (text) => {
    for (let type = LARGEST_TYPE; type >= SMALLEST_TYPE; type -= 0.2) {
      text.style.setProperty("--type", type);
      if (text.scrollHeight <= text.clientHeight + 1) return;
    }
  };

  const drawSheet = () => {
    const sheet = sheets[turn % Math.max(1, sheets.length)];
    if (!sheet) return;
    const text = find("text");
    const picture = find("picture");
    find("heading").textContent = sheet.heading;
    picture.hidden = !sheet.image;
    picture.replaceChildren(...(sheet.image ? [sheet.image] : []));
    text.hidden = Boolean(sheet.image);
    text.textContent = sheet.text ?? "";
    fit(text);
  };

  let told = "";
  const same = (...fetched) => told === (told = JSON.stringify(fetched));

  const fetchNotices = async () => {
    try {
      const { notices, closing } = await (await fetch(settings.notices)).json();
      const times = closing.length ? [{ heading: words.hours, text: closing.join("\n") }] : [];
      if (same(notices, closing)) return;
      sheets = [...notices.flatMap(sheetsOf), ...times];
      drawSheet();
    } catch {
      // No connection, which the socket notices and says; what is shown stays.
    }
  };

  /** Fetched again when the server says that they are others. */
  globalThis.showNotices = (snapshots) => {
    if (!find("notices")) return;
    const stamp = snapshots.map((one) => one.notices).join();
    if (stamp !== known) fetchNotices();
    known = stamp;
  };

  if (find("waits")) {
    setInterval(() => {
      page += 1;
      drawWaits();
    }, PAGE_FOR);
  }
  if (find("notices")) {
    setInterval(fetchNotices, FETCH_EVERY);
    setInterval(() => {
      turn += 1;
      drawSheet();
    }, settings.noticeFor);
    addEventListener("resize", drawSheet);
  }
}
