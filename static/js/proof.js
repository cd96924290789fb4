/* Solves the proof of work of a page and sends its form. Without it the page offers a mail. */

const form = document.querySelector("form[data-challenge]");
// So many tries at a time: the browser computes them beside this script.
const AT_ONCE = 8;

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16));
const hexOf = (buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function derive({ nonce, salt, cost, keyLength }, counter) {
  const password = new Uint8Array(20);
  password.set(bytesOf(nonce));
  new DataView(password.buffer).setUint32(16, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(salt), iterations: cost };
  return hexOf(await crypto.subtle.deriveBits(how, key, keyLength * 8));
}

async function solve(parameters, tried) {
  for (let first = 0; ; first += AT_ONCE) {
    const counters = Array.from({ length: AT_ONCE }, (_, ahead) => first + ahead);
    const keys = await Promise.all(counters.map((counter) => derive(parameters, counter)));
    const found = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
    if (found >= 0) return { counter: counters[found], derivedKey: keys[found] };
    tried(first + AT_ONCE);
  }
}

if (form && globalThis.crypto?.subtle) {
  const challenge = JSON.parse(form.dataset.challenge);
  const working = form.querySelector("[data-working]");
  const bar = working.querySelector("progress");
  working.hidden = false;
  bar.max = challenge.parameters.data.most;
  solve(challenge.parameters, (count) => (bar.value = count)).then((solution) => {
    bar.value = bar.max;
    form.elements.proof.value = btoa(JSON.stringify({ challenge, solution }));
    form.requestSubmit(form.querySelector("[data-go-on]"));
  });
}
