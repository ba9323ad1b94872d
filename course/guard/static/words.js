// The word pass, as course/guard/words.py says it: names, workplaces, places, rare jobs and health words.
// Offsets here are UTF-16 units; detector.js turns them into code points.

const [FIRST, SURNAME, PLACE, COUNTRY, WORK, ALLOWED, EPONYM, COMMON, AMBIGUOUS, JOB, HEALTH] =
  Array.from({ length: 11 }, (_, bit) => 1 << bit);
const PERSON = FIRST | SURNAME;
const ENTITY = PERSON | PLACE | COUNTRY | WORK;
const LISTS = {
  first_names: FIRST,
  surnames: SURNAME,
  places: PLACE,
  countries: COUNTRY,
  workplaces: WORK,
  allowed: ALLOWED,
  drugs: ALLOWED,
  eponyms: EPONYM,
  common: COMMON,
  ambiguous: AMBIGUOUS,
  rare_jobs: JOB,
  health: HEALTH,
};
const BLANKS = " \t\u00a0\u2007\u2009\u202f([*_";
const QUOTES = "\"'“”„‘’»«›‹";
const MARKERS = "-–—•*·>#)0123456789. \t";
const LONGEST_RUN = 6;

const within = (characters, character) => character !== undefined && characters.includes(character);
const isDigit = (character) => character >= "0" && character <= "9";
const isCapital = (word) => word[0] !== word[0].toLowerCase();
const isAllCapitals = (word) => word.length > 1 && word === word.toUpperCase();

// The list that bundle.py packed: a capital (letters shared with the word before: A = 0), then the rest.
function* unpacked(packed) {
  let word = "";
  for (const [, shared, rest] of packed.matchAll(/([A-Z])([^A-Z]*)/gu)) {
    word = word.slice(0, shared.charCodeAt(0) - 65) + rest;
    yield word;
  }
}

export class Words {
  constructor(bundle) {
    this.token = new RegExp(`[${bundle.macros.L}]+`, "gu");
    this.letter = new RegExp(`[${bundle.macros.L}]`, "u");
    this.context = {};
    for (const [name, words] of Object.entries(bundle.context)) this.context[name] = new Set(words);
    this.endings = {
      institution: bundle.context.institution_endings,
      place: bundle.context.place_endings,
    };
    this.flags = new Map();
    this.phrases = new Map();
    for (const [name, flag] of Object.entries(LISTS)) {
      for (const entry of unpacked(bundle.words[name])) this.add(entry, flag);
    }
    for (const phrases of this.phrases.values()) {
      phrases.sort((a, b) => b[0].length - a[0].length || (a[0] < b[0] ? -1 : 1));
    }
  }

  add(entry, flag) {
    const [first] = this.tokens(entry);
    if (first === undefined || first[1] !== 0) return;
    if (first[2] === entry.length) {
      this.flags.set(entry, (this.flags.get(entry) || 0) | flag);
    } else {
      if (!this.phrases.has(first[0])) this.phrases.set(first[0], []);
      this.phrases.get(first[0]).push([entry, flag]);
    }
  }

  tokens(text) {
    return Array.from(text.matchAll(this.token), (match) => [
      match[0],
      match.index,
      match.index + match[0].length,
    ]);
  }

  scan(text, tokens) {
    const spans = [];
    let past = -1;
    for (let at = 0; at < tokens.length; at += 1) {
      const [word, start, end] = tokens[at];
      if (start < past) continue;
      const low = word.toLowerCase();
      const found = this.phrases.has(low) ? this.phrase(text, start, low) : null;
      if (found) {
        past = found[0];
        if (found[1]) spans.push([start, past, found[1]]);
      } else if (word[0] !== low[0]) {
        const kind = this.capital(text, tokens, at);
        if (kind) {
          const run = this.run(text, tokens, at, kind);
          past = run[0];
          spans.push([start, past, run[1]]);
        }
      } else {
        const kind = this.lower(this.flags.get(low) || 0);
        if (kind) spans.push([start, end, kind]);
      }
    }
    return spans;
  }

  isTown(word, digits) {
    const low = word.toLowerCase();
    const flag = this.flags.get(low) || 0;
    if (digits.startsWith("19") || digits.startsWith("20")) return this.context.capital_towns.has(low);
    if (flag & PLACE) return isCapital(word) || !(flag & (AMBIGUOUS | COMMON));
    return isCapital(word) && !isAllCapitals(word) && !(flag & (ALLOWED | COMMON | EPONYM));
  }

  isLetter(character) {
    return character !== undefined && this.letter.test(character);
  }

  follows(text, start, name) {
    return this.context[name].has(this.before(text, start));
  }

  before(text, start) {
    let end = start;
    while (end > 0 && start - end < 4 && " \u00a0.:".includes(text[end - 1])) end -= 1;
    let begin = end;
    while (begin > 0 && end - begin < 24 && this.isLetter(text[begin - 1])) begin -= 1;
    return text.slice(begin, end).toLowerCase();
  }

  phrase(text, start, first) {
    for (const [phrase, flag] of this.phrases.get(first)) {
      let end = start + phrase.length;
      if (text.slice(start, end).toLowerCase() !== phrase) continue;
      if (text[end] === "s") end += 1;
      if (this.isLetter(text[end])) continue;
      if (flag & (JOB | HEALTH) || isCapital(text[start])) return [end, this.entity(flag, "")];
    }
    return null;
  }

  lower(flag) {
    if (flag & JOB) return "rare_job";
    if (flag & HEALTH) return "health";
    if (flag & (AMBIGUOUS | COMMON | ALLOWED | EPONYM)) return "";
    if (!(flag & (FIRST | PLACE | COUNTRY | WORK))) return "";
    if (flag & FIRST) return "name";
    return flag & WORK ? "workplace" : "place";
  }

  flag(low) {
    const flag = this.flags.get(low) || 0;
    if (!flag && low.length > 2 && low.endsWith("s")) return this.flags.get(low.slice(0, -1)) || 0;
    return flag;
  }

  capital(text, tokens, at) {
    const [word, start, end] = tokens[at];
    if (isDigit(text[start - 1]) || isDigit(text[end])) return "";
    const flag = this.flag(word.toLowerCase());
    if (word.length === 1) return this.initial(text, start);
    if (flag & ALLOWED || (flag & EPONYM && this.isEponym(text, tokens, at, flag))) return "";
    if (isAllCapitals(word)) return this.capitals(flag, word, this.before(text, start));
    if (flag & ENTITY) return this.listed(text, tokens, at, flag);
    if (flag & (JOB | HEALTH)) return flag & JOB ? "rare_job" : "health";
    if (flag & COMMON || word.length === 2 || this.opens(text, start, end)) return "";
    return this.guess(text, start, word.toLowerCase());
  }

  initial(text, start) {
    return ["hr", "fru", "frk"].includes(this.before(text, start)) ? "name" : "";
  }

  capitals(flag, word, lead) {
    if (flag & WORK || (flag & ENTITY && !(flag & AMBIGUOUS) && word.length > 3)) return this.entity(flag, "");
    return this.context.firm_leads.has(lead) && word.length > 2 ? "workplace" : "";
  }

  listed(text, tokens, at, flag) {
    const [, start, end] = tokens[at];
    if (flag & AMBIGUOUS && this.opens(text, start, end) && !this.isEvident(text, tokens, at, flag)) return "";
    return this.entity(flag, this.before(text, start));
  }

  entity(flag, lead) {
    if (flag & (JOB | HEALTH)) return flag & JOB ? "rare_job" : "health";
    if (flag & (PLACE | COUNTRY) && (!(flag & (PERSON | WORK)) || this.context.place_leads.has(lead))) return "place";
    if (flag & WORK && (!(flag & PERSON) || this.context.workplace_leads.has(lead))) return "workplace";
    return flag & PERSON ? "name" : "";
  }

  isEponym(text, tokens, at, flag) {
    if (!(flag & PERSON) || this.context.eponym_leads.has(this.before(text, tokens[at][1]))) return true;
    const following = this.next(text, tokens, at, " -");
    return this.context.eponym_heads.has(following) || Boolean(this.flag(following) & EPONYM);
  }

  next(text, tokens, at, gaps) {
    if (at + 1 === tokens.length) return "";
    const [word, start] = tokens[at + 1];
    const end = tokens[at][2];
    return start === end + 1 && gaps.includes(text[end]) ? word.toLowerCase() : "";
  }

  isEvident(text, tokens, at, flag) {
    const following = this.next(text, tokens, at, " \u00a0-");
    if (!following) return false;
    if (this.context.institutions.has(following)) return true;
    if (flag & (PERSON | WORK) && this.context.person_verbs.has(following)) {
      const noun = this.context.noun_names.has(tokens[at][0].toLowerCase());
      return !(noun && this.context.plain_verbs.has(following));
    }
    const word = tokens[at + 1][0];
    return (
      isCapital(word) && word.length > 1 && !isAllCapitals(word) && !(this.flag(following) & (ALLOWED | COMMON))
    );
  }

  guess(text, start, low) {
    const lead = this.before(text, start);
    const context = this.context;
    if (context.titles.has(lead)) return "name";
    if (context.institutions.has(low) || this.endings.institution.some((ending) => low.endsWith(ending))) {
      return "workplace";
    }
    if (context.place_leads.has(lead)) return "place";
    if (this.endings.place.some((ending) => low.endsWith(ending)) && ["på", "ved", "til"].includes(lead)) {
      return "place";
    }
    return context.workplace_leads.has(lead) ? "workplace" : "name";
  }

  run(text, tokens, at, kind) {
    let last = at;
    while (last - at < LONGEST_RUN) {
      const joined = this.join(text, tokens, last, kind);
      if (!joined) break;
      [last, kind] = joined;
    }
    let end = tokens[last][2];
    if (within("'’", text[end]) && text[end + 1] === "s") end += 2;
    else if (tokens[last][0].length === 1 && text[end] === ".") end += 1;
    return [end, kind];
  }

  join(text, tokens, last, kind) {
    if (last + 1 === tokens.length) return null;
    const [word, start] = tokens[last + 1];
    const gap = text.slice(tokens[last][2], start);
    const afterInitial = gap === ". " && tokens[last][0].length === 1;
    if (![" ", "-", "\u00a0"].includes(gap) && !afterInitial) return null;
    const low = word.toLowerCase();
    if (isCapital(word)) return this.mayJoin(word, kind) ? [last + 1, this.joinedKind(kind, low)] : null;
    if (this.context.institutions.has(low) && kind !== "name") return [last + 1, "workplace"];
    if (kind === "name" && this.context.particles.has(low) && last + 2 < tokens.length) {
      return this.afterParticle(text, tokens, last);
    }
    return null;
  }

  afterParticle(text, tokens, last) {
    const [word, start] = tokens[last + 2];
    const gap = text.slice(tokens[last + 1][2], start);
    return [" ", "-"].includes(gap) && isCapital(word) ? [last + 2, "name"] : null;
  }

  mayJoin(word, kind) {
    if (word.length === 1) return kind === "name" && word !== "I";
    if (isAllCapitals(word)) return false;
    const low = word.toLowerCase();
    const flag = this.flag(low);
    if (this.context.institutions.has(low)) return true;
    return !(flag & ALLOWED) && (Boolean(flag & ENTITY) || !(flag & (COMMON | EPONYM | JOB | HEALTH)));
  }

  joinedKind(kind, low) {
    const flag = this.flag(low);
    if (flag & WORK || this.context.institutions.has(low)) return "workplace";
    return kind === "place" && flag & PERSON && !(flag & PLACE) ? "name" : kind;
  }

  opens(text, start, end) {
    let at = start - 1;
    let quoted = false;
    while (at >= 0 && (BLANKS.includes(text[at]) || QUOTES.includes(text[at]))) {
      quoted = quoted || QUOTES.includes(text[at]);
      at -= 1;
    }
    if (at < 0) return true;
    const before = text[at];
    if ("\n\r!?…".includes(before)) return true;
    if (before === ":") return !this.context.labels.has(this.before(text, at));
    if (before === "." && this.endsSentence(text, at)) return true;
    if (quoted && !(text[end] === undefined || QUOTES.includes(text[end]))) return true;
    return MARKERS.includes(before) && this.isMarker(text, at);
  }

  endsSentence(text, at) {
    const word = this.before(text, at);
    return text[at - 1] === "." || !(word.length === 1 || this.context.abbreviations.has(word));
  }

  isMarker(text, at) {
    let begin = at;
    while (begin >= 0 && at - begin < 8 && MARKERS.includes(text[begin])) begin -= 1;
    return begin < 0 || "\n\r".includes(text[begin]);
  }
}
