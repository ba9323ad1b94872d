// Loads the page again when a file of the content has changed. The place on the page is kept by the browser.
const EVERY = 1000;
const shown = document.querySelector("[data-version]")?.dataset.version;

async function look() {
  try {
    const answer = await fetch("/version", { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== shown) {
      location.reload();
      return;
    }
  } catch {
    // The preview was stopped; it may be started again.
  }
  setTimeout(look, EVERY);
}

if (shown) {
  setTimeout(look, EVERY);
}
