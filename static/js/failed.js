/* A page that stands in for one that could not be shown: asks until the server answers, then goes there. */
{
  const ASK_EVERY = 5000;
  const { again, wait } = document.body.dataset;

  const ask = async () => {
    try {
      const answer = await fetch(again, { cache: "no-store", redirect: "manual" });
      if (answer.status < 500) return location.replace(again);
    } catch {
      // No connection either: ask on.
    }
    setTimeout(ask, ASK_EVERY);
  };

  setTimeout(ask, Number(wait) * 1000);
}
