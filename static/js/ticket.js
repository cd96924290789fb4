/**
 * The visitor's page listens and renews itself. The server draws every state; this script only
 * fetches it again when the socket says that something has changed, rings and vibrates.
 */
{
  const RENEW_AT_MOST_EVERY = 1000;
  const LONGEST_RETRY = 30000;
  const CALL_PATTERN = [400, 150, 400, 150, 800];

  const find = (name) => document.querySelector(`[data-${name}]`);
  const live = find("live");
  const gong = find("gong");
  let soundOn = false;
  let renewing = false;
  let wanted = null;

  /** What of a state decides how the page looks; people ahead only as "some" or "none". */
  const look = (state, counter, calledAt, ahead) =>
    [state, counter, state === "called" ? calledAt : "", ahead > 0].join(" ");

  const shownLook = () => {
    const { state, counter, calledAt, peopleAhead } = find("ticket").dataset;
    return look(state, counter, calledAt, Number(peopleAhead));
  };

  const alarm = () => {
    navigator.vibrate?.(CALL_PATTERN);
    if (!soundOn) return;
    gong.currentTime = 0;
    gong.play().catch(() => {});
  };

  const renew = async () => {
    if (renewing) return;
    renewing = true;
    let pause = RENEW_AT_MOST_EVERY;
    while (wanted && wanted !== shownLook()) {
      const aim = wanted;
      try {
        const answer = await fetch(location.href, { cache: "no-store" });
        if (!answer.ok) throw new Error(answer.status);
        show(new DOMParser().parseFromString(await answer.text(), "text/html"));
        // The page may be newer than the message, never older.
        if (wanted === aim) wanted = null;
        pause = RENEW_AT_MOST_EVERY;
      } catch {
        pause = Math.min(2 * pause, LONGEST_RETRY);
      }
      await new Promise((done) => setTimeout(done, pause));
    }
    renewing = false;
  };

  const show = (page) => {
    const before = shownLook();
    const fresh = page.querySelector("[data-ticket]");
    const stays = page.querySelector("[data-live]");
    find("ticket").replaceWith(fresh);
    document.title = page.title;
    if (!stays) {
      // The end: nothing more to hear, nothing more to leave.
      for (const name of ["live", "sound-box"]) find(name)?.remove();
    }
    const box = find("sound-box");
    if (box) box.hidden = fresh.dataset.state === "serving";
    if (!page.querySelector("[data-leave]")) find("leave")?.remove();
    else if (!find("leave")) find("ticket").parentElement.append(page.querySelector("[data-leave]"));
    if (shownLook() === before) return;
    if (find("announce")) find("announce").textContent = find("ticket").querySelector("#state").textContent;
    if (fresh.dataset.state === "called") {
      scrollTo({ top: 0 });
      alarm();
    }
  };

  const take = (message) => {
    wanted = look(message.state, message.counter, message.called_at ?? "", message.people_ahead);
    const ahead = find("ahead");
    if (ahead && message.people_ahead) ahead.textContent = message.people_ahead;
    // The server has put it into words.
    const wait = find("wait");
    if (wait && message.wait) wait.textContent = message.wait;
    renew();
  };

  // Sound, if the visitor wants it ------------------------------------------------------

  const keepScreenOn = () => navigator.wakeLock?.request("screen").catch(() => {});

  const turnSoundOn = () => {
    soundOn = true;
    gong.play().catch(() => {});
    keepScreenOn();
    find("sound-on").remove();
    find("sound-off-text").remove();
    // The button is gone: the focus stays here, and what has happened is read out.
    const said = find("sound-on-text");
    said.textContent = said.dataset.text;
    said.focus();
  };

  document.addEventListener("visibilitychange", () => {
    if (soundOn && document.visibilityState === "visible") keepScreenOn();
  });

  // Announced when it changes, not each time it is written.
  const say = (text) => {
    if (live.textContent !== text) live.textContent = text;
  };

  const address = find("ticket").dataset.socket;
  if (address) {
    find("sound-box").hidden = find("ticket").dataset.state === "serving";
    live.hidden = false;
    say(live.dataset.liveText);
    find("sound-on").addEventListener("click", turnSoundOn);
    liveSocket(address, {
      onMessage: take,
      onFresh() {
        live.classList.remove("ticket__live--stale");
        say(live.dataset.liveText);
      },
      onMoved() {
        // Where to wait is another place now, even if the state is the same.
        wanted = "moved";
        renew();
      },
      onStale(since) {
        const moment = Date.now() - performance.now() + since;
        const time = new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: "latn" });
        live.classList.add("ticket__live--stale");
        say(live.dataset.staleText.replace("{time}", time));
      },
    });
  }
}
