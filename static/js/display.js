/**
 * The board of the waiting room: draws each state, and announces new calls one after the other.
 * The newest call is the one being announced; all others are in the list, in turn where there are
 * more than it has rows.
 */
{
  const STILL_NEWS = 60000; // calls older than this when first seen are shown, not announced
  const LONG_NAME = 10;
  const SMALLEST_PLACE = 0.4; // of the least size of numbers
  const SET_CLOCK_EVERY = 5 * 60 * 1000;
  // Not all screens of a town at once.
  const RELOAD_AFTER = 500;
  const RELOAD_WITHIN = 3000;

  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const find = (name) => document.querySelector(`[data-${name}]`);
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const settings = read("display-settings");
  const words = read("display-words");
  const language = document.documentElement.lang;
  const newest = find("newest");
  const turns = callTurns(settings.callFor);

  // The clock ---------------------------------------------------------------------------

  const timeOfDay = new Intl.DateTimeFormat(language, {
    timeZone: settings.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  // By the server's clock: the one of the device may be wrong, and may be set at any moment.
  let ahead = settings.now - performance.now();
  let closed = settings.closed;

  const now = () => performance.now() + ahead;

  const tick = () => {
    const text = timeOfDay.format(now());
    if (find("clock").textContent !== text) find("clock").textContent = text;
    draw(); // whose turn it is may have changed
  };

  const setClock = async () => {
    try {
      const asked = performance.now();
      const answer = await (await fetch(settings.time)).json();
      ahead = answer.now - (asked + performance.now()) / 2;
      closed = answer.closed;
      draw();
    } catch {
      // No connection, which the socket notices and says; the clock runs on.
    }
  };

  // The state ---------------------------------------------------------------------------

  /** The newest message of each office whose calls are shown here. */
  const snapshots = new Map();
  const nameOfOffice = new Map(settings.offices.map((one) => [one.id, one.name]));
  const several = settings.offices.length > 1;
  const patterns = settings.sentences[language];

  const nameOf = (call) => (call.counter_is_name ? call.counter : fill(patterns.counter, { label: call.counter }));

  const placeOf = (call) => {
    const place = call.places[language] ?? Object.values(call.places)[0];
    return [several && nameOfOffice.get(call.office), place].filter(Boolean).join(", ");
  };

  const callsOf = (snapshot) =>
    snapshot.calls.map((call) => ({
      ...call,
      office: snapshot.office,
      key: `${snapshot.office} ${call.number} ${call.called_at}`,
      at: Date.parse(call.called_at),
      news: isNews(call, snapshot.office),
    }));

  // Offices of which nothing was heard for a while: their next state may hold calls of long ago.
  const returned = new Set(settings.offices.map((one) => one.id));

  /** What comes while we listen is news, whatever the server's clock has done meanwhile. */
  const isNews = (call, office) =>
    !call.begun && (!returned.has(office) || now() - Date.parse(call.called_at) < STILL_NEWS);

  let calls = [];
  const keep = (snapshot) => {
    snapshots.set(snapshot.office, snapshot);
    calls = [...snapshots.values()].flatMap(callsOf).sort((one, other) => other.at - one.at);
  };

  const waiting = () => [...snapshots.values()].reduce((sum, one) => sum + one.waiting, 0);

  // The board ---------------------------------------------------------------------------

  const known = new Set();
  const queue = [];
  let announced = null;

  /** A long place becomes smaller, down to what it is in the list, rather than being cut off. */
  const fitPlace = () => {
    for (let part = 1; part > SMALLEST_PLACE; part -= 0.05) {
      find("place").style.setProperty("--part", part);
      const wide = find("place").scrollWidth > find("place").clientWidth + 1;
      if (!wide && newest.scrollHeight <= newest.clientHeight + 1) return;
    }
  };

  let drawnNewest = "";
  /** Only where something has changed: a screen reader says again whatever is written again. */
  const drawNewest = (call) => {
    const quiet = closed && !waiting() ? closed : words.wait;
    const least = document.documentElement.style.getPropertyValue("--least");
    const room = [find("board").className, innerWidth, innerHeight, least, document.fonts.status];
    const drawing = JSON.stringify([call, quiet, room]);
    if (drawing === drawnNewest) return;
    drawnNewest = drawing;
    newest.classList.toggle("newest--none", !call);
    for (const part of ["please", "number", "counter"]) find(part).hidden = !call;
    find("quiet").hidden = Boolean(call);
    find("quiet").textContent = quiet;
    find("place").hidden = !call || !placeOf(call);
    if (call) writeNewest(call);
  };

  const writeNewest = (call) => {
    const name = nameOf(call);
    find("number").textContent = call.number;
    find("counter-name").textContent = name;
    find("go").hidden = call.counter_is_name;
    find("place").textContent = placeOf(call);
    newest.classList.toggle("newest--placed", Boolean(placeOf(call)));
    find("counter").classList.toggle("newest__counter--long", name.length > LONG_NAME);
    fitPlace();
  };

  const row = (call) => {
    const item = find("call").content.firstElementChild.cloneNode(true);
    const [number, to] = item.children;
    const [counter, place] = to.children;
    const name = nameOf(call);
    const split = call.counter_is_name ? -1 : name.lastIndexOf(call.counter);
    number.textContent = call.number;
    item.classList.toggle("call--named", call.counter_is_name);
    counter.classList.toggle("call__counter--long", name.length >= LONG_NAME && split < 0);
    counter.children[0].textContent = split < 0 ? "" : name.slice(0, split).trim();
    counter.children[1].textContent = split < 0 ? name : name.slice(split);
    place.textContent = placeOf(call);
    return item;
  };

  let drawn = "";
  const draw = () => {
    turns.note(calls, performance.now());
    const call = announced ?? calls[0] ?? turns.overdue();
    find("board").classList.toggle("board--quiet", !call);
    find("board").classList.toggle("board--placed", calls.some((one) => placeOf(one)));
    find("board").classList.toggle("board--named", calls.some((one) => one.counter_is_name));
    drawNewest(call);
    const rows = rowsIn(find("calls"), find("measure")); // in the size that the last seat needs
    const { shown, waiting: inTurn } = turns.choose(call?.key, rows, performance.now());
    const drawing = JSON.stringify([shown, rows]);
    if (drawing !== drawn) find("calls").replaceChildren(...shown.map(row));
    drawn = drawing;
    find("in-turn").textContent = inTurn ? fill(words.inTurn, { count: inTurn }) : "";
    find("waiting").textContent = waiting();
    find("notice").textContent = [...snapshots.values()].map((one) => one.notice).filter(Boolean).join(" · ");
  };

  const flash = () => {
    newest.classList.remove("newest--fresh");
    void newest.offsetWidth; // so that the animation begins again
    newest.classList.add("newest--fresh");
  };

  const announce = async (call) => {
    announced = call;
    draw();
    flash();
    await Promise.all([announceAloud(call, timeOfDay.format(now())), pause(settings.callFor)]);
    newest.classList.remove("newest--fresh");
    announced = null;
  };

  let announcing = false;
  const announceAll = async () => {
    if (announcing) return;
    announcing = true;
    while (queue.length) {
      const call = queue.shift();
      if (turns.wants(call.key)) await announce(call);
    }
    announcing = false;
    draw();
  };

  const take = (snapshot) => {
    keep(snapshot);
    const { office } = snapshot;
    for (const call of calls.filter((one) => one.office === office).reverse()) {
      if (known.has(call.key)) continue;
      known.add(call.key);
      if (call.news) queue.push(call);
    }
    returned.delete(office);
    for (const key of known) if (!calls.some((call) => call.key === key)) known.delete(key);
    draw();
    showWaits([...snapshots.values()]);
    showNotices([...snapshots.values()]);
    announceAll();
  };

  // The connection ----------------------------------------------------------------------

  const lost = new Map();

  const drawConnection = () => {
    find("board").classList.toggle("board--stale", lost.size > 0);
    find("stale").hidden = lost.size === 0;
    if (lost.size > 0) {
      const since = Math.min(...lost.values());
      find("since").textContent = fill(words.stale, { time: timeOfDay.format(since + ahead) });
    }
    draw();
  };

  const listen = ({ id, socket }) =>
    liveSocket(socket, {
      staleAfter: settings.staleAfter,
      onMessage: take,
      onFresh() {
        lost.delete(id);
        returned.add(id);
        drawConnection();
        setClock();
      },
      onStale(since) {
        lost.set(id, since);
        drawConnection();
      },
      // Other settings, or revoked: then the server sends this screen to be paired again.
      onRefused: () => setTimeout(() => location.reload(), RELOAD_AFTER + Math.random() * RELOAD_WITHIN),
    });

  const first = read("display-snapshot");
  keep(first);
  for (const call of calls) known.add(call.key);
  showWaits([first]);
  showNotices([first]);
  draw();
  tick();
  setInterval(tick, 1000);
  setInterval(setClock, SET_CLOCK_EVERY);
  // With the real letters rows may have another height.
  document.fonts.ready.then(draw);
  addEventListener("resize", draw);
  for (const office of settings.offices) listen(office);
}
