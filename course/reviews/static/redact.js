// Strike out by marking: a selection inside one text becomes its path and its place in code points.
// What the page adds (words for screen readers, placeholders) stands in [data-aside] and is not counted.

const part = document.querySelector("[data-redact]");
const texts = document.querySelector("[data-texts]");
const field = (name) => part.querySelector(`[name="${name}"]`);

/** The text nodes that hold the author's own signs, in order. */
function own(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("[data-aside]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

const points = (text) => [...text].length;

/** How many code points of the author's text stand before a boundary of a selection. */
function before(root, container, offset) {
  const range = document.createRange();
  range.setStart(root, 0);
  range.setEnd(container, offset);
  let count = 0;
  for (const node of own(root)) {
    if (node === container) return count + points(node.data.slice(0, offset));
    if (range.comparePoint(node, node.length) > 0) return count;
    count += points(node.data);
  }
  return count;
}

/** {path, start, end, text} of what is marked inside one text, without white space at its ends; null when nothing is. */
export function marked(selection) {
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const at = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-path]");
  const root = at(range.startContainer);
  if (!root || root !== at(range.endContainer)) return null;
  const whole = [...own(root).map((node) => node.data).join("")];
  let start = before(root, range.startContainer, range.startOffset);
  let end = before(root, range.endContainer, range.endOffset);
  while (start < end && !whole[start].trim()) start += 1;
  while (end > start && !whole[end - 1].trim()) end -= 1;
  return start < end ? { path: root.dataset.path, start, end, text: whole.slice(start, end).join("") } : null;
}

/** What to put instead: what the guard proposes for the marked word, or dots. */
function suggestion(selection, text) {
  const marks = [...texts.querySelectorAll("mark[data-suggestion]")];
  const found = marks.find((mark) => own(mark)[0]?.data === text && selection.containsNode(mark, true));
  return found ? found.dataset.suggestion : "[…]";
}

function fill(place, instead) {
  field("path").value = place.path;
  field("start").value = place.start;
  field("end").value = place.end;
  field("field").value = place.path.split(".")[0];
  field("words").value = place.text;
  field("replacement").value = instead;
  document.getElementById("strike-button").value = "strike";
  part.querySelector("details").open = true;
  part.classList.add("is-filled");
}

/** From now on the words are looked up in the text: they were changed by hand, or nothing is marked any more. */
function byWords() {
  document.getElementById("strike-button").value = "strike-words";
  part.classList.remove("is-filled");
}

function emptied() {
  byWords();
  for (const name of ["path", "start", "end", "words", "field"]) field(name).value = "";
}

if (part && texts) {
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const place = marked(selection);
    if (place) fill(place, suggestion(selection, place.text));
    else if (selection.isCollapsed && texts.contains(selection.anchorNode)) emptied();
  });
  field("words").addEventListener("input", byWords);
  field("field").addEventListener("change", byWords);
}
