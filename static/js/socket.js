/**
 * A socket that looks after itself. Used by display, desk and ticket page.
 *
 *   liveSocket("/ws/display/", {
 *     onMessage(message) {},   // parsed JSON; older versions than the last are dropped
 *     onFresh() {},            // hearing from the server (again)
 *     onStale(since) {},       // nothing heard for staleAfter; since: ms as of performance.now()
 *     onMoved() {},            // 4301: another office speaks from now on
 *     onRefused(code) {},      // 4401, 4403, 4404: the server does not know us, it gave up;
 *                              // 4302: the page is no longer what it should be
 *     staleAfter: 15000,       // the server gives a sign of life every 10 seconds
 *   })
 *
 * It connects again after a break with a growing, random pause, so that a hundred displays do not
 * come back in the same instant; at once when the network returns or the device wakes up.
 *
 * Silence is measured by performance.now(): the clock of a device may be set at any moment. That
 * one stands still while the device sleeps, so when the two clocks part, it begins anew too.
 */
{
  const FIRST_PAUSE = 500;
  const LONGEST_PAUSE = 10000;
  const CONNECT_TIMEOUT = 10000;
  const REFUSED = [4302, 4401, 4403, 4404];
  const MOVED = 4301;
  const CROWDED = 4429;

  globalThis.liveSocket = (path, handlers) => {
    const staleAfter = handlers.staleAfter ?? 15000;
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace("http", "ws");

    let socket = null;
    let version = -1;
    let failures = 0;
    let timer = 0;
    let over = false;
    let fresh = null;
    let heardAt = performance.now();
    let begunAt = 0;
    let apart = Date.now() - performance.now();

    const connect = () => {
      clearTimeout(timer);
      timer = 0;
      begunAt = performance.now();
      // A new connection may speak for a restored database: its versions count from anew.
      version = -1;
      const mine = (socket = new WebSocket(address));
      mine.onmessage = (event) => mine === socket && hear(event);
      mine.onclose = (event) => mine === socket && lose(event.code);
    };

    const hear = (event) => {
      const message = JSON.parse(event.data);
      heardAt = performance.now();
      failures = 0;
      if (fresh !== true) {
        fresh = true;
        handlers.onFresh?.();
      }
      if (message.version < version) return;
      version = message.version;
      handlers.onMessage(message);
    };

    const lose = (code) => {
      socket = null;
      if (REFUSED.includes(code)) {
        over = true;
        handlers.onRefused?.(code);
        return;
      }
      if (code === MOVED) handlers.onMoved?.();
      // Others with the same key took the place: no race with them.
      if (code === CROWDED) failures = 10;
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures) * (0.5 + Math.random());
      failures += 1;
      timer = setTimeout(connect, pause);
    };

    /** Whatever the old connection still believes: begin a new one now. */
    const restart = () => {
      if (over) return;
      const old = socket;
      socket = null;
      old?.close();
      connect();
    };

    const look = () => {
      if (over) return;
      const now = performance.now();
      if (Math.abs(Date.now() - now - apart) > staleAfter) {
        apart = Date.now() - now;
        fresh = null;
        restart();
      }
      // After a sleep, or with a half-open connection, the socket looks open and is not.
      if (socket && now - Math.max(heardAt, begunAt) > Math.max(staleAfter, CONNECT_TIMEOUT)) {
        restart();
      }
      if (now - heardAt > staleAfter && fresh !== false) {
        fresh = false;
        handlers.onStale?.(heardAt);
      }
    };

    setInterval(look, 1000);
    addEventListener("online", restart);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && (!socket || performance.now() - heardAt > staleAfter)) restart();
    });
    connect();
  };
}
