// What others have written since, put into the fields of a page that stays open – never over what is being typed here.
//
// `sent` is what this page sent last, `others` what now stands in the fields that somebody else has changed:
// { field: [[control, value], …] }. A field untouched here since takes the new text; in a text that has been typed on
// meanwhile, the typing is moved onto the new text where it is clear where it belongs.

/** The detail of the "input" event when it was not the reader who typed. */
export const OTHERS = "others";

export function takeIn(form, sent, others) {
  let took = true;
  for (const [field, pairs] of Object.entries(others)) {
    const names = new Set([...controlsOf(form, field), ...pairs.map(([name]) => name)]);
    for (const name of names) {
      const theirs = pairs.filter(([control]) => control === name).map(([, value]) => value);
      took = takeOne(form, name, sent.getAll(name), theirs) && took;
    }
  }
  return took;
}

function controlsOf(form, field) {
  const names = [...form.elements].map((control) => control.name);
  return names.filter((name) => name === field || name.startsWith(`${field}-`));
}

function takeOne(form, name, sent, theirs) {
  const controls = [...form.elements].filter((control) => control.name === name);
  if (controls.length === 0) return theirs.length === 0;
  const here = new FormData(form).getAll(name);
  if (same(here, theirs)) return true;
  if (controls[0].type === "radio" || controls[0].type === "checkbox") {
    if (!same(here, sent)) return false;
    for (const control of controls) control.checked = theirs.includes(control.value);
    return true;
  }
  const [control] = controls;
  const theirText = theirs[0] || "";
  const text = same(here, sent) ? theirText + ending(control.value) : rebased(lines(sent[0] || ""), control.value, theirText);
  if (text === null) return false;
  put(control, text);
  return true;
}

const same = (one, other) => one.map(lines).join("\u0000") === other.map(lines).join("\u0000");
const lines = (text) => text.replaceAll("\r\n", "\n").trim(); // as the server keeps it
const ending = (text) => (text.trim() ? text.match(/\s*$/)[0] : "");

// The one stretch in which two texts differ: both are alike before `start`, and after their ends.
function stretch(before, after) {
  let start = 0;
  const shortest = Math.min(before.length, after.length);
  while (start < shortest && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shortest - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

// What was typed (`sent` → `here`) done to `theirs`; null when the others changed the same stretch.
export function rebased(sent, here, theirs) {
  const mine = stretch(sent, here);
  const change = stretch(sent, theirs);
  const moved = theirs.length - sent.length;
  const isSamePlace = mine.start === mine.end && mine.start === change.start && change.start === change.end;
  if (isSamePlace && !change.text.startsWith("\n")) return null; // the server puts a line between them
  if (mine.end <= change.start) return theirs.slice(0, mine.start) + mine.text + theirs.slice(mine.end);
  if (mine.start >= change.end) return theirs.slice(0, mine.start + moved) + mine.text + theirs.slice(mine.end + moved);
  return null;
}

// Put a text into a field; the cursor stays at the words it stood at.
function put(control, text) {
  const hasFocus = document.activeElement === control && typeof control.selectionStart === "number";
  const before = control.value;
  const { selectionStart: from, selectionEnd: to, scrollTop } = control;
  control.value = text;
  control.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: OTHERS }));
  if (!hasFocus) return;
  const change = stretch(before, text);
  const at = (place) => (place <= change.start ? place : Math.max(change.start, place + text.length - before.length));
  control.setSelectionRange(at(from), at(to));
  control.scrollTop = scrollTop;
}
