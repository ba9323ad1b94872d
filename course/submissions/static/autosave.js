// A step that saves itself. It says "Gemt 14.03" only when the server has answered that it is saved.
//
// One request at a time. What was sent and not answered is sent again, unchanged and under the same save id, until it
// is answered: the server then finds what it saved already. Nothing is kept in the browser's storage.

import { OTHERS, takeIn } from "./others.js";

const QUIET = 2000;
const LOOK_AGAIN = 10000;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
const KEEPALIVE_BYTES = 60000;
const OWN = new Set(["csrf_token", "base_no", "save_id", "work_id", "team_id", "submit_key", "action"]);

const form = document.querySelector("form[data-autosave]");
if (form) start(form);

async function guardOf(address) {
  if (!address) return null;
  try {
    const module = await import(address);
    await module.guardReady;
    return module;
  } catch {
    return null; // the server looks for the same
  }
}

function start(form) {
  const status = document.querySelector("[data-save-status]");
  const statusText = status.querySelector("[data-save-text]");
  const banner = form.querySelector("[data-autosave-banner]");
  const guarded = guardOf(form.dataset.guardModule);

  let saved = content();
  let pending = null; // sent, and not answered yet: { text, body }
  let timer = 0;
  let wait = FIRST_WAIT;
  let inFlight = null;
  let stopped = false;
  let leaving = false;
  let refused = false; // something that is typed could not be kept: it stands on this page alone

  function content() {
    const pairs = [...new FormData(form)].filter(([name]) => !OWN.has(name) && !name.startsWith("guard-"));
    return new URLSearchParams(pairs).toString();
  }

  const isUnsaved = () => pending !== null || content() !== saved;

  function say(state, text) {
    status.dataset.state = state;
    if (statusText.textContent !== text) statusText.textContent = text;
  }

  function later(milliseconds) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, milliseconds);
  }

  function newRequest() {
    const text = content();
    const body = new URLSearchParams(text);
    for (const name of ["base_no", "work_id", "team_id"]) {
      if (form.elements[name]) body.set(name, form.elements[name].value);
    }
    body.set("save_id", crypto.randomUUID());
    return { text, body: body.toString() };
  }

  async function replaceRed() {
    const guard = await guarded;
    if (!guard?.replaceRed) return;
    form.querySelectorAll("[data-guard]").forEach((field) => guard.replaceRed(field));
  }

  function save() {
    clearTimeout(timer);
    if (stopped) return Promise.resolve();
    inFlight ??= send().finally(() => {
      inFlight = null;
    });
    return inFlight;
  }

  async function send() {
    if (!pending) {
      await replaceRed();
      if (content() === saved) return;
      pending = newRequest();
    }
    say("saving", "Gemmer …");
    let response;
    try {
      response = await fetch(form.dataset.autosave, {
        method: "POST",
        credentials: "same-origin",
        redirect: "error",
        keepalive: pending.body.length < KEEPALIVE_BYTES,
        headers: {
          Accept: "application/json",
          "Content-Type": "application/x-www-form-urlencoded",
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
        },
        body: pending.body,
      });
    } catch {
      return tryAgain();
    }
    return answered(response);
  }

  function tryAgain() {
    say("offline", "Ikke gemt endnu – prøver igen");
    later(wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }

  async function answered(response) {
    let answer = null;
    try {
      answer = await response.json();
    } catch {
      answer = null;
    }
    if (response.ok && answer) return acknowledged(answer);
    if (response.status === 429 || response.status >= 500) return tryAgain();
    pending = null;
    if (response.status === 409 && answer?.conflict) {
      return stop(answer.error, "Se begge udgaver");
    }
    if (response.status === 401) {
      return stop("Du er logget ud. Det, du har skrevet, står her endnu. Tryk på »Gem«, og log ind igen, så følger teksten med.", "Gem");
    }
    return stop(answer?.error || "Det kunne ikke gemmes. Tryk på »Gem« for at se hvorfor.", "Gem");
  }

  function acknowledged(answer) {
    wait = FIRST_WAIT;
    form.dispatchEvent(new CustomEvent("work:saved", { bubbles: true, detail: answer }));
    saved = pending.text;
    pending = null;
    form.elements.work_id.value = answer.work_id;
    const typed = content() !== saved;
    // Only a page that shows what others wrote may begin its next text from there.
    if (takeIn(form, new URLSearchParams(saved), answer.others)) {
      form.elements.base_no.value = answer.no;
      if (!typed) saved = content();
    }
    showWriters(answer.writers);
    showReplaced(answer.replaced);
    showQuestions(answer.nudges);
    const hasProblems = showProblems(answer.problems);
    refused = hasProblems;
    say(hasProblems ? "error" : "saved", answer.saved_at_text);
    if (content() !== saved) later(QUIET);
  }

  function paragraphs(place, lines) {
    if (!place) return;
    const text = lines.join("\n");
    if (place.dataset.shown === text) return;
    place.dataset.shown = text;
    place.replaceChildren(
      ...lines.map((line) => {
        const paragraph = document.createElement("p");
        paragraph.textContent = line;
        return paragraph;
      }),
    );
  }

  function showReplaced(replaced) {
    const notes = Map.groupBy ? Map.groupBy(replaced, (one) => one.field) : grouped(replaced);
    for (const [name, found] of notes) {
      paragraphs(form.querySelector(`[data-replaced="${CSS.escape(name)}"]`), found.map((one) => one.note));
      const field = form.elements[name];
      // Only while the field still holds what was sent; otherwise the next save takes care of it.
      if (found[0].text && typeof field?.value === "string" && new URLSearchParams(saved).get(name) === field.value) {
        field.value = found[0].text;
        saved = content();
      }
    }
  }

  function grouped(replaced) {
    const notes = new Map();
    for (const one of replaced) notes.set(one.field, [...(notes.get(one.field) || []), one]);
    return notes;
  }

  function showWriters(sentence) {
    const place = form.querySelector("[data-writers]");
    if (place && place.textContent !== sentence) place.textContent = sentence;
  }

  // Where several write: look now and then what the others have written, while nothing is under way here.
  async function lookAgain() {
    if (stopped || document.visibilityState === "hidden" || inFlight || isUnsaved()) return;
    const address = new URL(form.dataset.latest, location.href);
    for (const name of ["base_no", "team_id"]) address.searchParams.set(name, form.elements[name].value);
    const asked = form.elements.base_no.value;
    let response;
    let answer;
    try {
      response = await fetch(address, { credentials: "same-origin", redirect: "error", headers: { Accept: "application/json" } });
      answer = await response.json();
    } catch {
      return; // the next look, or the next save, will tell
    }
    if (answer.closed) return stop(answer.error, "Gem");
    if (!response.ok || inFlight || isUnsaved() || form.elements.base_no.value !== asked) return;
    if (takeIn(form, new URLSearchParams(saved), answer.others)) {
      form.elements.base_no.value = answer.no;
      form.elements.work_id.value = answer.work_id;
      saved = content();
    }
    showWriters(answer.writers);
  }

  if (form.dataset.latest) {
    setInterval(lookAgain, LOOK_AGAIN);
    document.addEventListener("visibilitychange", lookAgain);
  }

  function showQuestions(questions) {
    form.querySelectorAll("[data-question]").forEach((place) => {
      const mine = questions.filter((question) => question.field === place.dataset.question);
      paragraphs(place, mine.flatMap((question) => question.say));
    });
  }

  function showProblems(problems) {
    form.querySelectorAll("[data-replaced]").forEach((place) => {
      const problem = problems[place.dataset.replaced];
      place.classList.toggle("field-note-problem", Boolean(problem));
      if (problem) paragraphs(place, [problem]);
      else if (place.dataset.problem) paragraphs(place, []);
      place.dataset.problem = problem || "";
    });
    return Object.keys(problems).length > 0;
  }

  function stop(text, buttonText) {
    stopped = true;
    clearTimeout(timer);
    if (isUnsaved()) say("error", "Ikke gemt");
    banner.querySelector("[data-banner-text]").textContent = text;
    banner.querySelector("[data-banner-button] span").textContent = buttonText;
    banner.hidden = false;
    banner.setAttribute("role", "alert");
    banner.scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("input", (event) => {
    if (event.detail === OTHERS) return;
    if (!pending && status.dataset.state === "saved") say("saving", "Ændret");
    later(pending ? wait : QUIET);
  });
  form.addEventListener("change", () => later(QUIET));
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget) && content() !== saved) save();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && content() !== saved) save();
  });
  window.addEventListener("online", () => {
    if (isUnsaved()) save();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (refused || isUnsaved())) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });

  // The form's own buttons: what is under way is answered first, so that one's own text is not taken for another tab's.
  form.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    const button = event.submitter;
    clearTimeout(timer);
    if (inFlight) await inFlight;
    if (pending && !stopped) await save();
    if (pending && !stopped) return; // no answer: the page stays, and tries again
    await replaceRed();
    await new Promise((resolve) => setTimeout(resolve)); // a form cannot be sent again while its event is under way
    leaving = true;
    form.requestSubmit(button);
    setTimeout(() => {
      leaving = false;
    }, 8000);
  });
}
