// One press, one submission: a second press while the first is under way does nothing.
// The form is only marked, and nothing is disabled, so the pressed button's name and value always go along.
// When the page comes back from the browser's memory, the form can be sent again.

const WAIT = 8000;

document.body.classList.add("js");

function release(form) {
  delete form.dataset.busy;
  form.classList.remove("is-busy");
  form.querySelectorAll("[data-idle-text]").forEach((button) => {
    button.querySelector("span").textContent = button.dataset.idleText;
    delete button.dataset.idleText;
  });
}

function mark(form, button) {
  form.dataset.busy = "true";
  form.classList.add("is-busy");
  const label = button?.querySelector("span");
  if (label) {
    button.dataset.idleText = label.textContent;
    label.textContent = "Sender …";
  }
  // A download or a lost connection leaves the page standing: let go again.
  setTimeout(() => release(form), WAIT);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  mark(form, event.submitter);
  // Another module may send the form in its own way, and says so by preventing the event.
  queueMicrotask(() => event.defaultPrevented && release(form));
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-busy]").forEach(release);
});
