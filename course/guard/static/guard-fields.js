// Guards text fields while somebody writes: `<textarea data-guard="patient">`, `<input data-guard="…">`.
// Red findings give way to a visible placeholder before anything is sent; amber ones are listed below the
// field, each with two buttons. The server does the same again, so nothing here is relied upon.

import { createDetector } from "./detector.js";
import { FieldReport } from "./field-report.js";

const SELECTOR = "textarea[data-guard], input[data-guard]";
const GLANCE = 400; // ms after a key: look again, but leave alone what is being written
const PAUSE = 1500; // ms after a key: the writer has stopped
const WAIT_FOR_RULES = 4000; // ms a form may wait for the rules before it goes to the server as it is

const timers = new WeakMap();
const reports = new WeakMap();
let detector = null;

async function load() {
  const address = document.querySelector('meta[name="guard-rules"]')?.content;
  if (!address) return false;
  try {
    const response = await fetch(address, { credentials: "same-origin" });
    if (!response.ok) return false;
    detector = createDetector(await response.json());
  } catch {
    return false;
  }
  return true;
}

// Resolves to whether the rules are here; never rejects.
export const guardReady = load();

function guarded(target) {
  return target instanceof Element && target.matches(SELECTOR) ? target : null;
}

function reportOf(field) {
  if (!reports.has(field)) reports.set(field, new FieldReport(field, detector, () => checkField(field)));
  return reports.get(field);
}

// The value in NFC, which the rules expect; the caret keeps its place.
function normalised(field) {
  const text = field.value;
  const normal = text.normalize("NFC");
  if (normal !== text) {
    const caret = text.slice(0, field.selectionStart ?? text.length).normalize("NFC").length;
    field.value = normal;
    if (document.activeElement === field) field.setSelectionRange(caret, caret);
  }
  return normal;
}

function isBeingWritten(field, finding) {
  if (document.activeElement !== field) return false;
  return finding.start <= field.selectionEnd && field.selectionStart <= finding.end;
}

// Replaces the red findings in a field by their placeholders, at once; returns how many. Call it before
// sending a field's value. `leaveCaret` spares what the caret stands in or beside.
export function replaceRed(field, { leaveCaret = false } = {}) {
  if (!detector || !guarded(field) || field.readOnly) return 0;
  const findings = detector
    .findUnits(normalised(field), field.dataset.guard)
    .filter(({ level }) => level === "red")
    .filter((finding) => !(leaveCaret && isBeingWritten(field, finding)));
  for (const { start, end, suggestion } of findings.toReversed()) {
    field.setRangeText(suggestion, start, end, "preserve");
  }
  if (findings.length) reportOf(field).tellReplaced(findings);
  return findings.length;
}

// Replaces what is red and lists what is amber. Does nothing until `guardReady` has resolved to true.
export function checkField(field, options = {}) {
  if (!detector || !guarded(field) || field.readOnly) return;
  if (replaceRed(field, options)) field.dispatchEvent(new Event("input", { bubbles: true }));
  reportOf(field).show();
}

function checkAll(root = document) {
  for (const field of root.querySelectorAll(SELECTOR)) checkField(field);
}

function stopTimers(field) {
  for (const timer of timers.get(field) || []) clearTimeout(timer);
  timers.delete(field);
}

document.addEventListener("input", (event) => {
  const field = guarded(event.target);
  if (!field || event.isComposing) return;
  stopTimers(field);
  timers.set(field, [
    setTimeout(() => checkField(field, { leaveCaret: true }), GLANCE),
    setTimeout(() => checkField(field), PAUSE),
  ]);
});

// While a button is being pressed nothing may move: a report that pushes the button away would swallow the press.
let pressed = false;
document.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => { pressed = false; }, true);
}

document.addEventListener("focusout", (event) => {
  const field = guarded(event.target);
  if (!field) return;
  stopTimers(field);
  if (!pressed) return checkField(field);
  const later = () => setTimeout(() => checkField(field));
  document.addEventListener("pointerup", later, { once: true });
});

function timedOut() {
  return new Promise((resolve) => setTimeout(resolve, WAIT_FOR_RULES));
}

let settled = false;

// Before any form is sent, in the capture phase: before every other listener of the page.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const fields = Array.from(form.elements).filter((field) => guarded(field));
    if (!fields.length) return;
    if (!detector && !settled) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      Promise.race([guardReady, timedOut()]).then(() => {
        settled = true;
        form.requestSubmit(submitter);
      });
      return;
    }
    for (const field of fields) {
      stopTimers(field);
      if (replaceRed(field)) reportOf(field).show();
    }
  },
  true,
);

document.addEventListener("htmx:load", (event) => checkAll(event.target));

guardReady.then((ready) => {
  settled = true;
  if (ready) checkAll();
});
