// Finds personal data in the browser, as course/guard/detector.py does on the server; the vectors in
// course/guard/data/vectors.json hold both to the same answers. No dependencies.

import { Words } from "./words.js";

const WORDS_BEFORE_A_DIGIT = 8;

function compiled(rule, macros) {
  let source = rule.pattern;
  for (const [name, value] of Object.entries(macros)) source = source.split(`{{${name}}}`).join(value);
  const folds = rule.flags === "i";
  return {
    kind: rule.kind,
    regex: new RegExp(source, (rule.at ? "y" : "g") + (folds ? "iu" : "u")),
    at: rule.at || "",
    needs: rule.needs.map((need) => (folds ? need.toLowerCase() : need)),
    folds,
    group: rule.group || 0,
    back: rule.back || [],
    suggest: rule.suggest || "",
    check: rule.check || "",
    notAfter: rule.not_after || "",
  };
}

function joined(spans) {
  const result = [];
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  for (const [start, end, rank] of spans) {
    const before = result[result.length - 1];
    if (before && start < before[1]) {
      before[1] = Math.max(before[1], end);
      before[2] = Math.min(before[2], rank);
    } else {
      result.push([start, end, rank]);
    }
  }
  return result;
}

function added(findings, more) {
  const merged = [];
  let at = 0;
  for (const finding of [...more].sort((a, b) => a.start - b.start || b.end - a.end)) {
    while (at < findings.length && findings[at].end <= finding.start) merged.push(findings[at++]);
    const last = merged[merged.length - 1];
    const clear = !last || last.end <= finding.start;
    if (clear && (at === findings.length || finding.end <= findings[at].start)) merged.push(finding);
  }
  return merged.concat(findings.slice(at));
}

// The end of a group: groups end where their match ends, so that no index of groups is needed.
function spanOf(match, group) {
  const end = match.index + match[0].length;
  return [end - match[group].length, end];
}

function inCodePoints(text, findings) {
  if (!/[\ud800-\udfff]/.test(text)) return findings;
  let unit = 0;
  let point = 0;
  const pointAt = (target) => {
    while (unit < target) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
      point += 1;
    }
    return point;
  };
  return findings.map((finding) => {
    const start = pointAt(finding.start);
    return { ...finding, start, end: pointAt(finding.end) };
  });
}

class Detector {
  constructor(bundle) {
    this.kinds = bundle.kinds;
    this.guards = bundle.guards;
    this.words = new Words(bundle);
    this.patterns = bundle.patterns.map((rule) => compiled(rule, bundle.macros));
  }

  // Findings of `guard` in `text`, offsets in code points of the NFC form of `text`.
  find(text, guard) {
    const normal = String(text).normalize("NFC");
    return inCodePoints(normal, this.findUnits(normal, guard));
  }

  // The same with offsets in UTF-16 units, as text fields count; `text` must be NFC.
  findUnits(text, guard) {
    const kinds = this.guards[guard];
    if (!kinds) throw new RangeError(`unknown guard: ${guard}`);
    const tokens = this.words.tokens(text);
    const starts = this.starts(text, tokens);
    const findings = this.red(text, kinds, starts);
    if (kinds.every((kind) => this.kinds[kind].level === "red")) return findings;
    const patterned = added(findings, this.amber(text, kinds, starts));
    const spans = this.words.scan(text, tokens).filter((span) => kinds.includes(span[2]));
    return added(patterned, spans.map((span) => this.finding(text, span)));
  }

  starts(text, tokens) {
    const digit = Array.from(text.matchAll(/[0-9]+/g), (match) => match.index);
    const word = [];
    let past = 0;
    let at = 0;
    for (const start of digit) {
      while (at < tokens.length && tokens[at][1] < start) at += 1;
      for (let near = Math.max(past, at - WORDS_BEFORE_A_DIGIT); near < at; near += 1) word.push(tokens[near][1]);
      past = at;
    }
    return { digit, word };
  }

  *matches(text, pattern, starts) {
    if (!pattern.at) {
      yield* text.matchAll(pattern.regex);
      return;
    }
    for (const start of starts[pattern.at]) {
      pattern.regex.lastIndex = start;
      const match = pattern.regex.exec(text);
      if (match) yield match;
    }
  }

  *found(text, patterns, starts) {
    const folded = text.toLowerCase();
    for (const [rank, pattern] of patterns.entries()) {
      const source = pattern.folds ? folded : text;
      if (pattern.needs.length && !pattern.needs.some((need) => source.includes(need))) continue;
      for (const match of this.matches(text, pattern, starts)) {
        if (this.holds(text, pattern, match)) yield [rank, pattern, match];
      }
    }
  }

  ofLevel(kinds, level) {
    return this.patterns.filter(({ kind }) => kinds.includes(kind) && this.kinds[kind].level === level);
  }

  red(text, kinds, starts) {
    const patterns = this.ofLevel(kinds, "red");
    const spans = [];
    for (const [rank, pattern, match] of this.found(text, patterns, starts)) {
      const [start, end] = spanOf(match, pattern.group);
      spans.push([this.begin(text, pattern, start), end, rank]);
    }
    return joined(spans).map(([start, end, rank]) => this.finding(text, [start, end, patterns[rank].kind]));
  }

  amber(text, kinds, starts) {
    const findings = [];
    for (const [, pattern, match] of this.found(text, this.ofLevel(kinds, "amber"), starts)) {
      findings.push(
        this.finding(text, [...spanOf(match, pattern.group), pattern.kind], this.suggestion(pattern, match)),
      );
    }
    return findings;
  }

  begin(text, pattern, start) {
    for (const lead of pattern.back) {
      const begin = start - lead.length;
      if (begin < 0 || text.slice(begin, start).toLowerCase() !== lead) continue;
      if (!this.words.isLetter(text[begin - 1])) return begin;
    }
    return start;
  }

  holds(text, pattern, match) {
    if (pattern.check === "town") return this.words.isTown(match[1], match[0].slice(0, 4));
    return !(pattern.notAfter && this.words.follows(text, match.index, pattern.notAfter));
  }

  suggestion(pattern, match) {
    if (pattern.suggest !== "decade") return this.kinds[pattern.kind].suggestion;
    const age = Number(match[pattern.group + 1]);
    if (age < 20) return age < 13 ? "et barn" : "i teenageårene";
    return age < 90 ? `i ${Math.floor(age / 10) * 10}'erne` : "over 90";
  }

  finding(text, [start, end, kind], suggestion = "") {
    const about = this.kinds[kind];
    return {
      start,
      end,
      kind,
      level: about.level,
      text: text.slice(start, end),
      suggestion: suggestion || about.suggestion,
    };
  }
}

// `rules` is the parsed /guard/rules.json.
export function createDetector(rules) {
  return new Detector(rules);
}
