/**
 * How large a pixel of this screen is, and with it the least size of type that can be read from
 * the last seat (queue_display/legibility.py): --least, in pixels, for the style sheet.
 */
{
  const settings = JSON.parse(document.getElementById("display-settings").textContent);

  const measure = () => {
    const pixels = Math.hypot(innerWidth, innerHeight) / settings.diagonal;
    const style = document.documentElement.style;
    style.setProperty("--least", `${settings.typeSize * pixels}px`);
    style.setProperty("--decimetre", `${100 * pixels}px`);
  };

  measure();
  addEventListener("resize", measure);
}
