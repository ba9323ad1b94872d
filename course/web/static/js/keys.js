// Keyboard shortcuts: data-key="n" on a link or button. One letter, and only while nothing is being written or chosen.
// The reader can switch them off at the foot of the page (WCAG 2.1.4); the choice is kept in this browser.

const STORE = "vejen-frem.keys";
const WRITES = "input, textarea, select, [contenteditable], dialog, [role=dialog]";

function isOff() {
  try {
    return localStorage.getItem(STORE) === "off";
  } catch {
    return false;
  }
}

function keep(off) {
  try {
    if (off) localStorage.setItem(STORE, "off");
    else localStorage.removeItem(STORE);
  } catch {
    // A browser that keeps nothing still obeys until the page is left.
  }
}

let off = isOff();
const foot = document.querySelector("[data-keys-switch]");
const toggle = document.querySelector("[data-keys-toggle]");

function show() {
  document.body.classList.toggle("keys-off", off);
  toggle.textContent = off ? "Slå genvejstaster til" : "Slå genvejstaster fra";
}

function press(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (off || modified || event.repeat || event.defaultPrevented || event.target.closest?.(WRITES)) return;
  const key = CSS.escape(event.key.toLowerCase());
  const target = [...document.querySelectorAll(`[data-key="${key}"]`)].find((each) => each.checkVisibility());
  if (!target) return;
  event.preventDefault();
  target.click();
}

if (foot && toggle && document.querySelector("[data-key]")) {
  foot.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    off = !off;
    keep(off);
    show();
  });
  document.addEventListener("keydown", press);
}
