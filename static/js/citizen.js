/* The page of services: adds up the minutes of what is ticked. Without it the next page says so. */

const form = document.querySelector("[data-selection]");
const sum = form?.querySelector("[data-sum]");

function addUp() {
  let minutes = 0;
  for (const box of form.querySelectorAll("[data-minutes]:checked")) {
    const quantity = form.elements[`quantity-${box.value}`]?.value ?? 1;
    minutes += Number(box.dataset.minutes) * Number(quantity);
  }
  sum.hidden = minutes === 0;
  sum.querySelector("[data-sum-minutes]").textContent = minutes;
}

if (sum) {
  form.addEventListener("change", addUp);
  addEventListener("pageshow", addUp);
}
