// Points at words to look at again on a sheet about a real person. It changes nothing and sends nothing: the sheet
// is not stored, and it is the writer's choice what stands on it. The server says the same after »Se arket igennem«.

import { createDetector } from "../guard/detector.js";

const BELONGS = new Set(["exact_date"]); // what a plan is made of
const FIELDS = "[data-point] :is(textarea, input[type=text])";

const address = document.querySelector('meta[name="guard-rules"]')?.content;
let detector = null;
let titles = {};

async function load() {
  if (!address) return;
  try {
    const response = await fetch(address, { credentials: "same-origin" });
    if (!response.ok) return;
    const rules = await response.json();
    titles = Object.fromEntries(Object.entries(rules.kinds).map(([kind, about]) => [kind, about.title]));
    detector = createDetector(rules);
  } catch {
    detector = null; // the server points all the same
  }
}

function noteOf(place) {
  let note = place.querySelector(":scope > .pointed");
  if (!note) {
    note = document.createElement("p");
    note.className = "pointed";
    note.setAttribute("role", "status");
    note.hidden = true;
    place.append(note);
  }
  return note;
}

function found(place) {
  const words = new Map();
  for (const field of place.querySelectorAll("textarea, input[type=text]")) {
    if (field.value === field.defaultValue && field.tagName === "TEXTAREA") continue;
    const text = field.value.normalize("NFC");
    for (const { kind, start, end } of detector.findUnits(text, place.dataset.point)) {
      if (!BELONGS.has(kind)) words.set(text.slice(start, end), titles[kind]);
    }
  }
  return words;
}

function look(field) {
  const place = field.closest("[data-point]");
  if (!detector || !place) return;
  const words = [...found(place)];
  const note = noteOf(place);
  note.hidden = words.length === 0;
  note.textContent = words.length
    ? `Se på ${words.map(([word, title]) => `»${word}« (${title})`).join(", ")}. Skal det stå på arket?`
    : "";
}

document.addEventListener("focusout", (event) => {
  if (event.target instanceof Element && event.target.matches(FIELDS)) look(event.target);
});

load();
