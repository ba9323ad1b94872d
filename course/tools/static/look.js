// »Se arket igennem« without a new page: a browser remembers what was posted to the page it shows, and keeps it with
// its open tabs. Here the answer takes the place of what stands on the page, and nothing is posted to a page.
// When the answer is anything but the sheet (an expired sign-in, a fault), the form is sent as it is without this.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "tool-form" || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  show(form);
});

async function show(form) {
  let page;
  try {
    const posted = { method: "POST", body: new FormData(form), cache: "no-store", redirect: "error" };
    const answer = await fetch(form.action, posted);
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    page = null;
  }
  if (!page?.getElementById("tool-form")) return form.submit();
  document.title = page.title;
  document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
  document.dispatchEvent(new Event("shown"));
  const place = document.getElementById("result") ?? document.querySelector(".error-summary, #tool-form");
  place.setAttribute("tabindex", "-1");
  place.focus();
  place.scrollIntoView();
}
