// What the guard says below a field: what was replaced, and which words to look at. Friendly, never a verdict:
// no list means no more than that no list came up.

let count = 0;

function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function button(text, className, onPress, label = "") {
  const made = element("button", `guard-button ${className}`, text);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", onPress);
  return made;
}

function listed(parts) {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} og ${parts.at(-1)}`;
}

const fold = (word) => word.normalize("NFC").toLowerCase();

export class FieldReport {
  // `changed` is called after the report itself has changed the field.
  constructor(field, detector, changed) {
    this.field = field;
    this.detector = detector;
    this.changed = changed;
    this.kept = new Set();
    this.number = (count += 1);
    this.box = element("div", "guard");
    this.status = element("p", "guard-status");
    this.status.setAttribute("role", "status");
    this.replaced = element("div", "guard-replaced");
    this.amber = element("div", "guard-amber");
    this.box.append(this.status, this.replaced, this.amber);
    field.after(this.box);
  }

  // Says which kinds of things were replaced; never the things themselves.
  tellReplaced(findings) {
    const kinds = [...new Set(findings.map(({ kind }) => kind))];
    const parts = kinds.map((kind) => {
      const { title, suggestion } = this.detector.kinds[kind];
      return `${suggestion} i stedet for ${title}`;
    });
    this.say(`Vi har skrevet ${listed(parts)}. Det, du skrev, er ikke sendt.`);
  }

  say(text) {
    this.status.textContent = text;
  }

  show() {
    const hadFocus = this.box.contains(document.activeElement);
    this.showPlaceholders();
    this.showAmber();
    if (hadFocus && !this.box.contains(document.activeElement)) {
      (this.box.querySelector("button") || this.field).focus();
    }
  }

  // Every red placeholder in the field, in order: [{text, start, nth, title}].
  placeholders() {
    const found = [];
    for (const { level, suggestion, title } of Object.values(this.detector.kinds)) {
      if (level !== "red") continue;
      for (let at = this.field.value.indexOf(suggestion), nth = 0; at >= 0; nth += 1) {
        found.push({ text: suggestion, start: at, nth, title });
        at = this.field.value.indexOf(suggestion, at + suggestion.length);
      }
    }
    return found.sort((a, b) => a.start - b.start);
  }

  showPlaceholders() {
    const waiting = this.placeholders().filter(({ text, nth }) => !this.kept.has(`${text}${nth}`));
    const key = JSON.stringify(waiting.map(({ text, nth }) => text + nth));
    if (key === this.placeholderKey) return;
    this.placeholderKey = key;
    const items = waiting.map((placeholder) => {
      const item = element("li", "guard-item");
      const about = element("span", "guard-word", `${placeholder.text} står i stedet for ${placeholder.title}. `);
      const better = button(
        "Vælg et bedre ord",
        "guard-better",
        () => this.openChoice(item, better, placeholder),
        `Vælg et bedre ord end ${placeholder.text}`,
      );
      item.append(about, better);
      return item;
    });
    this.fill(this.replaced, "", items);
  }

  openChoice(item, better, { text, nth }) {
    const choice = element("span", "guard-choice");
    const input = element("input", "guard-input");
    input.type = "text";
    input.id = `guard-choice-${this.number}-${nth}-${text.replace(/[^a-z]/gi, "")}`;
    input.autocomplete = "off";
    const label = element("label", "guard-label", `Skriv i stedet for ${text}`);
    label.htmlFor = input.id;
    const use = () => this.useWord(text, nth, input);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      use();
    });
    choice.append(
      label,
      input,
      button("Brug ordet", "guard-use", use),
      button(`Behold ${text}`, "guard-keep", () => {
        this.kept.add(`${text}${nth}`);
        this.say(`${text} bliver stående.`);
        this.show();
      }),
    );
    better.replaceWith(choice);
    input.focus();
  }

  useWord(text, nth, input) {
    const word = input.value.trim();
    if (!word) return;
    const red = this.detector.findUnits(word.normalize("NFC"), this.field.dataset.guard);
    if (red.some(({ level }) => level === "red")) {
      this.say(`Det ligner stadig ${this.detector.kinds[red[0].kind].title}. Prøv med et mere alment ord.`);
      return;
    }
    const placeholder = this.placeholders().find((other) => other.text === text && other.nth === nth);
    if (placeholder) this.replace([{ start: placeholder.start, end: placeholder.start + text.length }], word);
    this.say(`Der står nu »${word}« i stedet for ${text}.`);
    this.changed();
  }

  replace(spans, word) {
    for (const { start, end } of spans.toReversed()) this.field.setRangeText(word, start, end, "preserve");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Hidden inputs the writer's choices live in; the server may have written some of them itself.
  confirmedInputs() {
    const { form } = this.field;
    return form ? Array.from(form.querySelectorAll('input[type="hidden"][name="confirmed"]')) : [];
  }

  isConfirmed(word) {
    return this.confirmedInputs().some((input) => fold(input.value) === fold(word));
  }

  amberFindings() {
    return this.detector
      .findUnits(this.field.value.normalize("NFC"), this.field.dataset.guard)
      .filter(({ level }) => level === "amber");
  }

  showAmber() {
    const words = new Map();
    for (const finding of this.amberFindings()) {
      if (!words.has(fold(finding.text))) words.set(fold(finding.text), finding);
    }
    const findings = [...words.values()];
    const key = JSON.stringify(findings.map(({ text }) => [text, this.isConfirmed(text)]));
    if (key === this.amberKey) return;
    this.amberKey = key;
    const items = findings.map((finding) =>
      this.isConfirmed(finding.text) ? this.confirmedItem(finding.text) : this.amberItem(finding),
    );
    this.fill(this.amber, "Se på disse ord", items);
  }

  amberItem({ text, kind, suggestion }) {
    const item = element("li", "guard-item");
    item.append(
      element("span", "guard-word", `Se på ordet »${text}«. Det kan være ${this.detector.kinds[kind].title}. `),
      button(`Skriv »${suggestion}«`, "guard-replace", () => this.replaceWord(text, suggestion)),
      button("Ordet kan blive stående", "guard-confirm", () => this.confirm(text), `Ordet kan blive stående: »${text}«`),
    );
    return item;
  }

  confirmedItem(text) {
    const item = element("li", "guard-item guard-confirmed");
    item.append(
      element("span", "guard-word", `»${text}« bliver stående. `),
      button("Fortryd", "guard-undo", () => this.undo(text), `Fortryd, at »${text}« bliver stående`),
    );
    return item;
  }

  replaceWord(word, suggestion) {
    const spans = this.amberFindings().filter(({ text }) => fold(text) === fold(word));
    this.replace(spans, suggestion);
    this.say(`Der står nu »${suggestion}« i stedet for »${word}«.`);
    this.changed();
  }

  confirm(word) {
    const { form } = this.field;
    if (form && !this.isConfirmed(word)) {
      const input = element("input", "");
      input.type = "hidden";
      input.name = "confirmed";
      input.value = word;
      form.append(input);
    }
    this.say(`»${word}« bliver stående.`);
    this.show();
  }

  undo(word) {
    for (const input of this.confirmedInputs()) if (fold(input.value) === fold(word)) input.remove();
    this.say(`Se på ordet »${word}«.`);
    this.show();
  }

  fill(box, heading, items) {
    box.replaceChildren();
    if (!items.length) return;
    if (heading) box.append(element("p", "guard-heading", heading));
    const list = element("ul", "guard-list");
    list.append(...items);
    box.append(list);
  }
}
