// Shows the strength of a password while it is chosen: the same estimate and words as course/web/password_strength.py.

const MINIMUM_LENGTH = 10;
const STEPS = [12, 16, 22];
const COMMON = [
  "password", "kodeord", "adgangskode", "hemmelig", "velkommen", "qwerty", "qwertz", "asdf", "abcd", "1234",
  "sommer", "vinter", "efterår", "forår", "danmark", "kursus", "klinik", "læge", "vejenfrem", "admin", "test",
];
const LABELS = ["for svag", "svag", "rimelig", "god", "meget god"];
const ADVICE = [
  "Brug mindst 10 tegn.",
  "Gør den længere. Tre eller fire tilfældige ord er nemme at huske.",
  "Den kan bruges. Et ord mere gør den god.",
  "Den er god. Brug den kun her.",
  "Den er meget god. Brug den kun her.",
];

function effectiveLength(text) {
  let plain = text.toLowerCase();
  for (const word of COMMON) plain = plain.replaceAll(word, "\0");
  const points = [...plain].map((sign) => sign.codePointAt(0));
  return points.filter((point, place) => place === 0 || Math.abs(point - points[place - 1]) > 1).length;
}

/** Level 0–4, its word and one sentence of advice. */
export function strength(text) {
  const effective = effectiveLength(text);
  const refused = [...text].length < MINIMUM_LENGTH || effective < MINIMUM_LENGTH / 2;
  const level = refused ? 0 : 1 + STEPS.filter((step) => effective >= step).length;
  return { level, label: LABELS[level], advice: ADVICE[level] };
}

function follow(field) {
  const place = document.createElement("div");
  place.className = "password-meter";
  place.innerHTML = '<meter min="0" max="4" low="2" high="3" optimum="4" aria-hidden="true"></meter><p class="small" role="status"></p>';
  const [meter, words] = place.children;
  (field.closest(".with-unit") || field).after(place);
  const show = () => {
    const now = strength(field.value);
    meter.hidden = field.value === "";
    meter.value = Math.max(now.level, 0.4);
    words.textContent = field.value === "" ? "" : `Adgangskoden er ${now.label}. ${now.advice}`;
  };
  field.addEventListener("input", show);
  show();
}

document.querySelectorAll("input[data-password]").forEach(follow);
