// Live counting of signs and words below long fields. Without it the limits stand there as plain text.

const WAIT = 400;

/** Words as the server counts them: runs of letters or digits. */
export const words = (text) => (text.match(/[\p{L}\p{N}]+(?:[-’'][\p{L}\p{N}]+)*/gu) || []).length;

/** Signs in code points, a line break as one. */
export const signs = (text) => [...text.replaceAll("\r\n", "\n")].length;

const danish = (amount) => amount.toLocaleString("da-DK");

/** The sentence below a field, and whether the text is too long. */
export function sentence(text, { max, low, high }) {
  const parts = [];
  const used = signs(text);
  if (high) parts.push(`${danish(words(text))} ord, gerne ${low}–${high}.`);
  if (max) parts.push(used > max ? `${danish(used - max)} tegn for meget.` : `${danish(max - used)} tegn tilbage.`);
  return { text: parts.join(" "), over: Boolean(max) && used > max };
}

function follow(field) {
  const place = document.getElementById(`${field.id}-count`);
  if (!place) return;
  const [low, high] = (field.dataset.words || "").split("-").map(Number);
  const limits = { max: Number(field.dataset.max) || 0, low, high };
  let timer = 0;
  const show = () => {
    const now = sentence(field.value, limits);
    place.textContent = now.text;
    place.classList.toggle("is-over", now.over);
    // Spoken only when it matters: while the text is too long.
    place.setAttribute("aria-live", now.over ? "polite" : "off");
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, WAIT);
  });
  show();
}

const begin = () => document.querySelectorAll("textarea[data-max], textarea[data-words]").forEach(follow);

begin();
document.addEventListener("shown", begin); // another module has put a new page in place of this
