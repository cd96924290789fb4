/**
 * Which calls stand on the board while not all of them have room. Whoever was called sees the
 * number for a while, however many others are called at the same time:
 *
 *   - a call is owed `least` milliseconds on the board, and stays until it has had them, even if it
 *     is over meanwhile; nothing is owed to one that was no news when it was first heard of;
 *   - owed calls come first, in the order in which they were called;
 *   - then those who have not come yet, in turn, each for `least` milliseconds;
 *   - then those who are at their counter already.
 *
 * Times are milliseconds of performance.now().
 */
{
  const byTurn = (one, other) =>
    one.rank - other.rank ||
    (one.rank < 2 ? one.call.at - other.call.at : 0) ||
    (one.rank === 2 ? one.left - other.left : 0) ||
    other.call.at - one.call.at;

  globalThis.callTurns = (least) => {
    const entries = new Map();

    const owes = (entry) => entry.had < least;

    /** 0 stays where it is, 1 waits for its first turn, 2 for its next one, 3 need not be seen. */
    const rankOf = (entry, now) => {
      if (entry.since !== null && (owes(entry) || (!entry.call.begun && now - entry.since < least))) return 0;
      if (owes(entry)) return 1;
      return entry.call.begun ? 3 : 2;
    };

    const count = (now) => {
      for (const entry of entries.values()) {
        if (entry.since !== null) entry.had += now - Math.max(entry.since, entry.counted);
        entry.counted = now;
      }
    };

    const show = (entry, shown, now) => {
      if (shown && entry.since === null) entry.since = now;
      if (!shown && entry.since !== null) {
        entry.since = null;
        entry.left = now;
      }
    };

    const take = (calls, now) => {
      const keys = new Set(calls.map((call) => call.key));
      for (const call of calls) {
        const entry = entries.get(call.key) ?? { had: call.news ? 0 : least, since: null, counted: now, left: 0 };
        entries.set(call.key, Object.assign(entry, { call }));
      }
      for (const [key, entry] of entries) {
        entry.gone = !keys.has(key);
        if (entry.gone && !owes(entry)) entries.delete(key);
      }
    };

    return {
      /** The calls that are on now. */
      note(calls, now) {
        count(now);
        take(calls, now);
      },

      /** A call that is over and was not seen for long enough; the same one until it was. */
      overdue() {
        const owed = [...entries.values()].filter((entry) => entry.gone && owes(entry));
        return owed.sort((one, other) => other.had - one.had || one.call.at - other.call.at)[0]?.call;
      },

      /**
       * The calls for so many rows, newest first, and how many have to wait for a row. `newest` is
       * the key of the call that is shown large.
       */
      choose(newest, rows, now) {
        const others = [...entries.values()].filter((entry) => entry.call.key !== newest);
        for (const entry of others) {
          entry.rank = rankOf(entry, now);
          if (entry.since !== null) entry.left = now; // if it has to go: after all others
        }
        others.sort(byTurn);
        const chosen = others.slice(0, rows);
        for (const entry of entries.values()) show(entry, entry.call.key === newest || chosen.includes(entry), now);
        return {
          shown: chosen.map((entry) => entry.call).sort((one, other) => other.at - one.at),
          waiting: others.slice(rows).filter((entry) => entry.rank < 3).length,
        };
      },

      /** Whether a call has to be shown: it is on, or was not seen for long enough. */
      wants(key) {
        const entry = entries.get(key);
        return Boolean(entry) && (!entry.gone || owes(entry));
      },
    };
  };
}
