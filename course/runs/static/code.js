// The code on the screen without a blink: when its minute is over, the next one is fetched and put in its place.

const place = document.getElementById("code-now");
const lost = document.getElementById("code-lost");

function wait(seconds) {
  setTimeout(next, (seconds + 0.3) * 1000);
}

async function next() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("code-now");
    if (!fresh) throw new Error("no code");
    place.replaceChildren(...fresh.childNodes);
    lost.hidden = true;
    wait(Number(fresh.dataset.seconds ?? 30));
  } catch {
    lost.hidden = false;
    wait(5);
  }
}

wait(Number(place.dataset.seconds ?? 30));
