/**
 * The board of the waiting room: draws each snapshot, and announces new calls one after the other.
 * The newest call is the one being announced; all others are in the list from the first moment.
 */
{
  const ROWS = 5;
  const ANNOUNCED_FOR = 6000; // a call stays the newest at least this long while others wait
  const STILL_NEWS = 60000; // calls older than this when first seen are shown, not announced
  const LONG_NAME = 10;
  const SET_CLOCK_EVERY = 5 * 60 * 1000;
  const PAIR_AGAIN_AFTER = 2000;

  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const find = (name) => document.querySelector(`[data-${name}]`);
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const settings = read("display-settings");
  const words = read("display-words");
  const newest = find("newest");
  let snapshot = read("display-snapshot");

  // The clock ---------------------------------------------------------------------------

  const timeOfDay = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: settings.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  // By the server's clock: the one of the device may be wrong, and may be set at any moment.
  let ahead = settings.now - performance.now();
  let closed = settings.closed;

  const now = () => performance.now() + ahead;

  const tick = () => {
    const text = timeOfDay.format(now());
    if (find("clock").textContent !== text) find("clock").textContent = text;
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

  // The calls ---------------------------------------------------------------------------

  const keyOf = (call) => `${call.number} ${call.called_at}`;
  // The same rule as in wording.py: a label with a word in it is a name by itself.
  const isName = (label) => /\p{L}{3}/u.test(label);
  const counterName = (label) => (isName(label) ? label : fill(words.counter, { label }));

  const known = new Set(snapshot.calls.map(keyOf));
  const queue = [];
  let announced = null;

  const isOn = (key) => snapshot.calls.some((call) => keyOf(call) === key);

  const drawNewest = (call) => {
    newest.classList.toggle("newest--none", !call);
    find("board").classList.toggle("board--quiet", !call);
    for (const part of ["please", "number", "counter"]) find(part).hidden = !call;
    find("quiet").hidden = Boolean(call);
    find("quiet").textContent = closed && !snapshot.waiting ? closed : words.wait;
    if (!call) return;
    const name = counterName(call.counter);
    find("number").textContent = call.number;
    find("counter-name").textContent = name;
    find("go").hidden = isName(call.counter);
    find("counter").classList.toggle("newest__counter--long", name.length > LONG_NAME);
  };

  const row = (call) => {
    const item = find("call").content.firstElementChild.cloneNode(true);
    const [number, counter] = item.children;
    const name = counterName(call.counter);
    const split = isName(call.counter) ? -1 : name.lastIndexOf(call.counter);
    number.textContent = call.number;
    counter.classList.toggle("call__counter--text", split < 0);
    counter.children[0].textContent = split < 0 ? "" : name.slice(0, split).trim();
    counter.children[1].textContent = split < 0 ? name : name.slice(split);
    return item;
  };

  const draw = () => {
    const call = snapshot.calls.find((one) => keyOf(one) === announced) ?? snapshot.calls[0];
    drawNewest(call);
    find("calls").replaceChildren(
      ...snapshot.calls.filter((one) => one !== call).slice(0, ROWS).map(row),
    );
    find("waiting").textContent = snapshot.waiting;
    find("notice").textContent = snapshot.notice;
  };

  const flash = () => {
    newest.classList.remove("newest--fresh");
    void newest.offsetWidth; // so that the animation begins again
    newest.classList.add("newest--fresh");
  };

  const announce = async (call) => {
    announced = keyOf(call);
    draw();
    flash();
    // "A017" is spoken as A 17.
    const number = call.number.replace(/^(\D*)0*(\d+)$/, "$1 $2");
    const pattern = isName(call.counter) ? words.callToName : words.call;
    const sentence = fill(pattern, { number, counter: counterName(call.counter) });
    await Promise.all([announceAloud(sentence), pause(ANNOUNCED_FOR)]);
    newest.classList.remove("newest--fresh");
    announced = null;
  };

  // Nothing was heard for a while: the next state may hold calls of long ago.
  let returned = true;
  let announcing = false;
  const announceAll = async () => {
    if (announcing) return;
    announcing = true;
    while (queue.length) {
      const call = queue.shift();
      if (isOn(keyOf(call))) await announce(call);
    }
    announcing = false;
    draw();
  };

  const take = (message) => {
    snapshot = message;
    for (const call of [...snapshot.calls].reverse()) {
      const key = keyOf(call);
      if (known.has(key)) continue;
      known.add(key);
      // What comes while we listen is news, whatever the server's clock has done meanwhile.
      if (!returned || now() - Date.parse(call.called_at) < STILL_NEWS) queue.push(call);
    }
    returned = false;
    for (const key of known) if (!isOn(key)) known.delete(key);
    draw();
    announceAll();
  };

  // The connection ----------------------------------------------------------------------

  const showStale = (since) => {
    find("board").classList.add("board--stale");
    find("stale").textContent = fill(words.stale, { time: timeOfDay.format(since + ahead) });
    find("stale").hidden = false;
  };

  const showFresh = () => {
    find("board").classList.remove("board--stale");
    find("stale").hidden = true;
    returned = true;
    setClock();
  };

  draw();
  tick();
  setInterval(tick, 1000);
  setInterval(setClock, SET_CLOCK_EVERY);
  liveSocket(settings.socket, {
    staleAfter: settings.staleAfter,
    onMessage: take,
    onFresh: showFresh,
    onStale: showStale,
    // Revoked: the server sends an unpaired display to the page that pairs it again.
    onRefused: () => setTimeout(() => location.reload(), PAIR_AGAIN_AFTER),
  });
}
