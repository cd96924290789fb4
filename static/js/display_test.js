/* The installer's page: rings the gong and speaks a call, and says who speaks. */
{
  const settings = JSON.parse(document.getElementById("display-settings").textContent);
  const words = JSON.parse(document.getElementById("display-words").textContent);
  const find = (name) => document.querySelector(`[data-${name}]`);

  const call = { ...settings.sample, language: document.documentElement.lang };

  find("try-sound").addEventListener("click", () => tryAloud(call));
  find("try-sound").focus();
  const say = () => {
    find("who-speaks").textContent = { browser: words.browserVoice, server: words.serverVoice, "": words.noVoice }[whoSpeaks()];
  };
  say();
  globalThis.speechSynthesis?.addEventListener?.("voiceschanged", say);
}
