// Reads what carries `data-read-aloud` with the device's own Danish voice, a paragraph at a time, and shows where it is.
// There is a control only where there is such a voice: a voice that lives on somebody's server would be sent the text,
// so it does not count. Nothing is loaded, sent or kept. A pause begins again at the sentence it stopped in, since
// some browsers cannot pause a voice.

const BLOCKS = "h1,h2,h3,h4,h5,p,li,dt,dd,blockquote,figcaption,caption,tr,legend,label,summary";
const SKIPPED =
  "[hidden],[aria-hidden=true],.visually-hidden,.no-print,.panel,.card,nav,button,select,textarea,script,style,svg,.read-aloud,[data-read-skip]";
const LONGEST = 220; // signs in one go: some voices fall silent in longer ones
const WORDS = { idle: "Læs højt", reading: "Pause", paused: "Læs videre" };
const ICONS = {
  idle: '<path d="M4 9.5h3.5L12 5.5v13L7.5 14.5H4Z"/><path d="M15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>',
  reading: '<path d="M8.5 5.5v13M15.5 5.5v13"/>',
  paused: '<path d="M7 5v14l11-7Z"/>',
};

const speech = window.speechSynthesis;
const readers = [];
let current = null;

function danishVoice() {
  return speech.getVoices().find((voice) => voice.localService !== false && /^da\b/i.test(voice.lang.replace("_", "-")));
}

// The paragraphs of a place with their words, in the order they stand; a line of a table is one.
function paragraphs(place) {
  const found = new Map();
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const skipped = parent.closest(SKIPPED);
    if (!walker.currentNode.data.trim() || (skipped && skipped !== place && place.contains(skipped))) continue;
    if (parent.checkVisibility?.() === false) continue; // inside a closed <details>
    const block = parent.closest("tr") ?? parent.closest(BLOCKS) ?? place;
    const cell = parent.closest("td,th");
    const known = found.get(block) ?? { text: "", cell };
    const between = known.cell === cell ? "" : ", ";
    found.set(block, { text: known.text + between + walker.currentNode.data, cell });
  }
  return [...found].map(([block, { text }]) => ({ block, text: text.replace(/\s+/g, " ").trim() }));
}

// A paragraph in pieces: sentences, and parts of very long ones.
function pieces(text) {
  const sentences = text.match(/[^.!?:…]+[.!?:…]*[«»"”)]*\s*|[.!?:…]+/g) ?? [text];
  return sentences.flatMap((one) => one.match(new RegExp(`.{1,${LONGEST}}(\\s|$)|\\S+`, "g"))).map((one) => one.trim()).filter(Boolean);
}

class Reader {
  constructor(place) {
    this.place = place;
    this.state = "idle";
    this.queue = [];
    this.at = 0;
    this.bar = document.createElement("div");
    this.bar.className = "read-aloud no-print";
    this.bar.setAttribute("role", "group");
    this.bar.setAttribute("aria-label", "Oplæsning");
    this.toggle = this.button(() => (this.state === "reading" ? this.pause() : this.read()));
    this.end = this.button(() => this.stop(true));
    this.end.textContent = "Stop";
    const head = place.querySelector(":scope > .page-head");
    const first = place.firstElementChild;
    if (head) head.append(this.bar);
    else if (first?.matches("h1,h2,h3,h4")) first.after(this.bar);
    else place.prepend(this.bar);
    this.become("idle");
  }

  button(action) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-secondary";
    made.addEventListener("click", action);
    this.bar.append(made);
    return made;
  }

  become(state) {
    this.state = state;
    this.toggle.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${ICONS[state]}</svg><span>${WORDS[state]}</span>`;
    this.end.hidden = state === "idle";
  }

  read() {
    if (current !== this) current?.stop();
    current = this;
    if (this.state === "idle") {
      this.at = 0;
      this.queue = paragraphs(this.place).flatMap(({ block, text }) => pieces(text).map((piece) => ({ block, piece })));
    }
    this.become("reading");
    this.next();
  }

  next() {
    const voice = danishVoice();
    const part = this.queue[this.at];
    if (!part || !voice) return this.stop();
    this.mark(part.block);
    const spoken = new SpeechSynthesisUtterance(part.piece);
    spoken.voice = voice;
    spoken.lang = voice.lang;
    this.spoken = spoken; // an event of what was broken off is another's, and is not heard
    spoken.onend = () => {
      if (this.spoken !== spoken) return;
      this.at += 1;
      this.next();
    };
    spoken.onerror = () => this.spoken === spoken && this.pause();
    speech.speak(spoken);
  }

  mark(block) {
    if (this.block === block) return;
    this.block?.classList.remove("is-read");
    this.block = block;
    block?.classList.add("is-read");
    if (!block) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    block.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }

  quiet() {
    this.spoken = null;
    speech.cancel();
  }

  pause() {
    this.quiet();
    this.become("paused");
  }

  stop(byHand = false) {
    if (byHand) this.toggle.focus();
    this.quiet();
    this.mark(null);
    this.become("idle");
    if (current === this) current = null;
  }
}

function offer() {
  const has = Boolean(danishVoice());
  if (has && !readers.length) {
    for (const place of document.querySelectorAll("[data-read-aloud]")) {
      if (!place.parentElement.closest("[data-read-aloud]")) readers.push(new Reader(place));
    }
  }
  for (const reader of readers) reader.bar.hidden = !has;
  if (!has) current?.stop();
}

if (speech && document.querySelector("[data-read-aloud]")) {
  speech.addEventListener?.("voiceschanged", offer); // voices often come after the page
  addEventListener("pagehide", () => current?.stop());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && current) current.stop(current.bar.contains(document.activeElement));
  });
  offer();
}
