/** Problems with their places in the text. */
import type { Problem, ProblemCode } from './types.ts';

export interface Place {
  offset: number;
  length: number;
}

/** Ends the reading of a formula whose form is wrong: what follows can't be understood. */
export class SyntaxProblem extends Error {
  readonly place: Place;
  readonly code: ProblemCode;
  constructor(message: string, place: Place, code: ProblemCode = 'formula_syntax') {
    super(message);
    this.place = place;
    this.code = code;
  }
}

export function problem(text: string, code: ProblemCode, message: string, place: Place, suggestion?: string): Problem {
  const offset = Math.min(place.offset, text.length);
  let line = 1;
  let start = 0;
  for (let i = 0; i < offset; i += 1) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) {
      line += 1;
      start = i + 1;
    }
  }
  const found: Problem = { code, message, offset, length: place.length, line, column: offset - start + 1 };
  if (suggestion !== undefined) found.suggestion = suggestion;
  return found;
}

/** The nearest of the candidates, if it is near enough to have been meant. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const name = candidate.toLowerCase();
    const far = name === `${wanted}__c` || name === `${wanted}__r` ? 0 : distance(wanted, name, least);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

/** Damerau-Levenshtein, neighbours swapped count one; stops early at `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, (before[j - 2] ?? 0) + 1);
      row.push(value);
    }
    if (Math.min(...row) >= limit) return limit;
    before = last;
    last = row;
  }
  return last[b.length] ?? limit;
}
