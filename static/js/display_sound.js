/**
 * Gong and voice of the display. Browsers play nothing before somebody has touched the page, so a
 * button asks for that once; a kiosk browser may be started with the permission.
 */
{
  const SPEECH_TIMEOUT = 9000;

  const gong = document.querySelector("[data-gong]");
  const hint = document.querySelector("[data-sound]");
  const language = document.documentElement.lang;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  /** Only a voice of the machine itself: others would send the text to their maker. */
  const voice = () =>
    globalThis.speechSynthesis
      ?.getVoices()
      .find((one) => one.localService && one.lang.replace("_", "-").split("-")[0] === language.split("-")[0]);

  const ring = async () => {
    const ended = new Promise((done) => gong.addEventListener("ended", done, { once: true }));
    gong.currentTime = 0;
    try {
      await gong.play();
    } catch (error) {
      if (error.name === "NotAllowedError") hint.hidden = false;
      return;
    }
    await Promise.race([ended, pause(4000)]);
  };

  const speak = (text) =>
    new Promise((done) => {
      const chosen = voice();
      if (!chosen) return done();
      const speech = new SpeechSynthesisUtterance(text);
      speech.voice = chosen;
      speech.lang = chosen.lang;
      speech.rate = 0.9;
      speech.onend = speech.onerror = done;
      speechSynthesis.cancel();
      speechSynthesis.speak(speech);
      // Some browsers never report the end.
      setTimeout(done, SPEECH_TIMEOUT);
    });

  /** Resolves once gong and sentence are over; at once where neither can be heard. */
  globalThis.announceAloud = async (text) => {
    await ring();
    await speak(text);
  };

  const allow = () => {
    removeEventListener("keydown", allow);
    removeEventListener("pointerdown", allow);
    if (hint.hidden) return;
    hint.hidden = true;
    ring();
  };

  addEventListener("keydown", allow);
  addEventListener("pointerdown", allow);
  // Voices are loaded when first asked for.
  globalThis.speechSynthesis?.getVoices();
  // A new audio context is suspended exactly where sound is not allowed yet.
  if (globalThis.AudioContext) {
    const probe = new AudioContext();
    hint.hidden = probe.state === "running";
    probe.close();
  }
}
