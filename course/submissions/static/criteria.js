// The list beside a plan or a statement follows what is saved: each answer of the server to a save says how it stands.
// The rules are on the server alone. What is found anew is said once, for those who do not see the list change.

const list = document.querySelector("[data-criteria]");
const said = document.querySelector("[data-criteria-said]");
const GOOD = new Set(["found", "clear"]);

function show(one) {
  const item = list.querySelector(`[data-criterion="${CSS.escape(one.id)}"]`);
  if (!item) return "";
  const before = item.dataset.state;
  item.dataset.state = one.state;
  for (const tag of item.querySelectorAll("[data-when]")) tag.hidden = tag.dataset.when !== one.state;
  const note = item.querySelector("[data-note]");
  if (note.textContent !== one.note) note.textContent = one.note;
  if (before === one.state) return "";
  const word = item.querySelector(`[data-when="${one.state}"]`).textContent.trim();
  return GOOD.has(one.state) || one.state === "look" ? `${one.text}: ${word}.` : "";
}

if (list) {
  document.addEventListener("work:saved", (event) => {
    const changes = (event.detail.criteria || []).map(show).filter(Boolean);
    if (changes.length) said.textContent = changes.join(" ");
  });
}
