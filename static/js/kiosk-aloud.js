/* Reads the page aloud: first what it says, then each choice, marked while it is read. Whoever
   walks through the controls by keys hears each one instead. A voice of the browser's own machine
   speaks, else the server. */

const volume = Number(body.dataset.volume);
const language = document.documentElement.lang;
const READ_AT_MOST_MS = 30000; // some browsers never report the end of a sentence
let reading = 0;               // rises when something else is to be read: what was is then over
let sound = null;
let playing = null;
let serverSpeaks = true;

const voice = () =>
  globalThis.speechSynthesis
    ?.getVoices()
    .find((one) => one.localService && one.lang.replace("_", "-").split("-")[0] === language.split("-")[0]);

function sayHere(sentence, with_) {
  return new Promise((done) => {
    const speech = new SpeechSynthesisUtterance(sentence);
    Object.assign(speech, { voice: with_, lang: with_.lang, rate: 0.9, volume, onend: done, onerror: done });
    speechSynthesis.speak(speech);
    setTimeout(done, READ_AT_MOST_MS);
  });
}

async function sayByServer(sentence, mine) {
  const form = new FormData(document.getElementById("scan"));
  const sent = new URLSearchParams({ csrfmiddlewaretoken: form.get("csrfmiddlewaretoken"), sentence });
  const answer = await fetch(body.dataset.aloud, { method: "POST", body: sent });
  serverSpeaks = answer.status !== 404;
  if (!answer.ok || mine !== reading) return;
  sound ??= new AudioContext();
  const spoken = sound.createBufferSource();
  spoken.buffer = await sound.decodeAudioData(await answer.arrayBuffer());
  const gain = sound.createGain();
  gain.gain.value = volume;
  spoken.connect(gain).connect(sound.destination);
  if (mine !== reading) return;
  playing = spoken;
  await new Promise((done) => {
    spoken.onended = done;
    spoken.start();
    setTimeout(done, READ_AT_MOST_MS);
  });
}

function hush() {
  reading += 1;
  globalThis.speechSynthesis?.cancel();
  playing?.stop();
  playing = null;
  for (const one of document.querySelectorAll(".is-read")) one.classList.remove("is-read");
}

async function say(sentence, mine) {
  document.dispatchEvent(new CustomEvent("kiosk:say", { detail: sentence }));
  lastTouch = performance.now(); // whoever listens is there
  const here = voice();
  try {
    if (here) await sayHere(sentence, here);
    else if (serverSpeaks) await sayByServer(sentence, mine);
  } catch {
    // Nobody speaks: everything is on the screen as well.
  }
}

const words = (element) => (element.getAttribute("aria-label") ?? element.innerText).replace(/\s+/g, " ").trim();
const pressed = (element) =>
  element.getAttribute("aria-pressed") === "true" || element.checked ? ` ${body.dataset.on}` : "";

function named(element) {
  const label = element.labels?.[0] ? words(element.labels[0]) : words(element);
  return `${label || element.value || ""}${pressed(element)}`.trim();
}

/** What the page says, and its own choices; the foot's are heard when they are walked to. */
function parts() {
  const texts = [...document.querySelectorAll(".kiosk-say > *, .kiosk-do p, .kiosk-do h2, .code-form__error")];
  const choices = [...document.querySelectorAll(".kiosk-do :is(a[href], button):not(.pad *, .tools *)")];
  return [...texts.filter((one) => !one.closest(".tools, button, a")), ...choices]
    .filter((one) => one.checkVisibility() && words(one))
    .sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

let isReadingPage = false;
let news = []; // said once the page is read: the number comes before the paper

async function readPage() {
  hush();
  const mine = reading;
  isReadingPage = true;
  for (const part of parts()) {
    if (mine !== reading) break;
    part.classList.add("is-read");
    await say(named(part), mine);
    part.classList.remove("is-read");
  }
  isReadingPage = false;
  while (news.length && mine === reading) await say(news.shift(), mine);
}

function tell(sentence) {
  if (isReadingPage) news.push(sentence);
  else say(sentence, reading);
}

document.addEventListener("focusin", (event) => {
  if (!event.target.matches("a[href], button, input, select") || !event.target.matches(":focus-visible")) return;
  hush();
  say(named(event.target), reading);
});
// Every key and tap ends what is being read: the hand is quicker than the voice.
for (const kind of ["keydown", "pointerdown", "pagehide"]) addEventListener(kind, hush, { capture: true });

// What changes while the page stands, such as how the print went.
new MutationObserver((changes) => {
  const shown = changes.map((change) => change.target).find((one) => one.matches("[data-print]") && !one.hidden);
  if (shown) tell(words(shown));
}).observe(body, { attributeFilter: ["hidden"], subtree: true });

dialog.addEventListener("toggle", () => dialog.open && (hush(), say(words(dialog.querySelector("section")), reading)));

// Voices are loaded late by some browsers.
if (globalThis.speechSynthesis && !speechSynthesis.getVoices().length) {
  const late = setTimeout(readPage, 500);
  speechSynthesis.addEventListener("voiceschanged", () => { clearTimeout(late); readPage(); }, { once: true });
} else {
  readPage();
}
