/**
 * Gong and voice of the display. Browsers play nothing before somebody has touched the page, so a
 * button asks for that once; a kiosk browser may be started with the permission.
 *
 * A call is spoken by a voice of the browser, or by the server where the browser has none for the
 * language.
 */
{
  const SPEECH_TIMEOUT = 12000;
  const GONG_TIMEOUT = 4000;

  const settings = JSON.parse(document.getElementById("display-settings").textContent);
  const gong = document.querySelector("[data-gong]");
  const hint = document.querySelector("[data-sound]");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  /** Only a voice of the machine itself: others would send the text to their maker. */
  const voiceFor = (language) =>
    globalThis.speechSynthesis
      ?.getVoices()
      .find((one) => one.localService && one.lang.replace("_", "-").split("-")[0] === language.split("-")[0]);

  const play = async (audio, volume, timeout) => {
    const over = new Promise((done) => {
      audio.addEventListener("ended", done, { once: true });
      audio.addEventListener("error", done, { once: true });
    });
    audio.currentTime = 0;
    audio.volume = volume;
    try {
      await audio.play();
    } catch (error) {
      if (hint && error.name === "NotAllowedError") hint.hidden = false;
      return;
    }
    await Promise.race([over, pause(timeout)]);
  };

  const ring = () => (settings.gong > 0 ? play(gong, settings.gong, GONG_TIMEOUT) : null);

  const sentenceOf = (call, language) => {
    const patterns = settings.sentences[language];
    const pattern = call.counter_is_name ? patterns.callToName : patterns.call;
    const counter = call.counter_is_name ? call.counter : fill(patterns.counter, { label: call.counter });
    const sentence = fill(pattern, { number: call.spoken, counter });
    const place = call.places[language] ?? call.places[language.split("-")[0]];
    return place ? fill(patterns.withPlace, { sentence, place }) : sentence;
  };

  const sayInBrowser = (text, voice) =>
    new Promise((done) => {
      const speech = new SpeechSynthesisUtterance(text);
      speech.voice = voice;
      speech.lang = voice.lang;
      speech.rate = 0.9;
      speech.volume = settings.voice;
      speech.onend = speech.onerror = done;
      speechSynthesis.cancel();
      speechSynthesis.speak(speech);
      // Some browsers never report the end.
      setTimeout(done, SPEECH_TIMEOUT);
    });

  /** The address in the settings is one for no call: counter, number and language are put in. */
  const addressOf = (call, language) => {
    const parts = settings.speech.split("/");
    parts.splice(-4, 3, call.counter_id, call.number, language);
    return parts.join("/");
  };

  const speak = async (call, language) => {
    const voice = voiceFor(language);
    if (voice) await sayInBrowser(sentenceOf(call, language), voice);
    else if (settings.speech && call.counter_id) await play(new Audio(addressOf(call, language)), settings.voice, SPEECH_TIMEOUT);
  };

  /** In the language of the board, then in that of who is called. */
  const languagesOf = (call) => {
    const own = document.documentElement.lang;
    // A variant of the board's language would say the same again.
    const other = call.language.split("-")[0] === own ? own : call.language;
    return [...new Set([own, other])].filter((one) => one in settings.sentences);
  };

  const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

  /** Whether nothing may be heard at a time of day, “21:30”; the quiet hours may pass midnight. */
  globalThis.isQuiet = (time) => {
    if (settings.quiet.length !== 2) return false;
    const [from, until] = settings.quiet.map(minutes);
    const now = minutes(time);
    return from <= until ? from <= now && now < until : from <= now || now < until;
  };

  /** At any time of day, for whoever tries the loudspeaker. */
  globalThis.tryAloud = async (call) => {
    await ring();
    if (settings.voice === 0) return;
    for (const language of languagesOf(call)) await speak(call, language);
  };

  /** Resolves once gong and sentences are over; at once where none can be heard. */
  globalThis.announceAloud = async (call, time) => {
    if (!isQuiet(time)) await tryAloud(call);
  };

  /** "browser", "server" or "" where nobody speaks the language of the page. */
  globalThis.whoSpeaks = () => {
    if (voiceFor(document.documentElement.lang)) return "browser";
    return settings.speech ? "server" : "";
  };

  const allow = () => {
    removeEventListener("keydown", allow);
    removeEventListener("pointerdown", allow);
    if (!hint || hint.hidden) return;
    hint.hidden = true;
    ring();
  };

  addEventListener("keydown", allow);
  addEventListener("pointerdown", allow);
  // Voices are loaded when first asked for.
  globalThis.speechSynthesis?.getVoices();
  // A new audio context is suspended exactly where sound is not allowed yet.
  if (hint && globalThis.AudioContext) {
    const probe = new AudioContext();
    hint.hidden = probe.state === "running";
    probe.close();
  }
}
