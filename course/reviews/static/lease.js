// Holds the lease while somebody is really reading: a small request every few minutes, only after a sign of life.
// Warns before a page with an unsent comment is left.

const EVERY = 4 * 60 * 1000;

const place = document.querySelector("[data-lease]");
const lost = document.querySelector("[data-lease-lost]");
const form = document.querySelector("form[data-review]");
let alive = false;

for (const sign of ["keydown", "pointermove", "scroll", "input"]) {
  document.addEventListener(sign, () => (alive = true), { passive: true });
}

/** What to tell when the answer is not what the page believes; "" when all is as it was. */
export function news(answer, state) {
  if (answer.state !== state) return "Teksten står anderledes nu. Åbn siden igen, før du afgør den.";
  if (!answer.mine && answer.by) return `${answer.by} har overtaget teksten og læser den til kl. ${answer.until}.`;
  return "";
}

function tell(text) {
  lost.textContent = text;
  lost.hidden = !text;
}

async function hold() {
  if (!alive || document.visibilityState !== "visible") return;
  alive = false;
  try {
    const answer = await fetch(place.dataset.lease, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
      },
    });
    if (answer.ok) tell(news(await answer.json(), place.dataset.state));
    else if (answer.status === 404) tell("Teksten kan ikke læses længere. Forfatteren kan have trukket den tilbage.");
  } catch {
    // Without a connection the lease runs out by itself; the next act says how things stand.
  }
}

if (place && place.dataset.mine === "yes") setInterval(hold, EVERY);

const typed = () => [...form.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
let sending = false;

if (form) {
  form.addEventListener("submit", () => (sending = true));
  window.addEventListener("pageshow", () => (sending = false));
  window.addEventListener("beforeunload", (event) => {
    if (!sending && typed()) event.preventDefault();
  });
}

document.querySelector('[data-key="r"]')?.addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("comment")?.focus();
});
