/** A place in a pattern's text, and the flags in force there. */
import { RegexProblem } from './problem.ts';

export interface Flags {
  /** i: without case. */
  fold: boolean;
  /** u: case of all scripts. */
  all: boolean;
  /** m: ^ and $ at every line. */
  lines: boolean;
  /** s: the dot takes line ends too. */
  dotAll: boolean;
  /** x: blanks and # comments in the pattern mean nothing. */
  comments: boolean;
  /** d: only \n ends a line. */
  unix: boolean;
}

export interface Reader {
  points: string[];
  at: number;
  flags: Flags;
  groups: number;
  names: Map<string, number>;
  depth: number;
}

export function open(source: string): Reader {
  const flags = { fold: false, all: false, lines: false, dotAll: false, comments: false, unix: false };
  return { points: Array.from(source), at: 0, flags, groups: 0, names: new Map(), depth: 0 };
}

export function peek(reader: Reader): string | undefined {
  skipComments(reader);
  return reader.points[reader.at];
}

export function skipComments(reader: Reader): void {
  if (!reader.flags.comments) return;
  for (;;) {
    const c = reader.points[reader.at];
    if (c !== undefined && ' \t\n\r\f\v'.includes(c)) reader.at += 1;
    else if (c === '#') while (reader.at < reader.points.length && reader.points[reader.at] !== '\n') reader.at += 1;
    else return;
  }
}

export function take(reader: Reader): string {
  const c = peek(reader);
  if (c === undefined) throw new RegexProblem('the pattern ends too early.');
  reader.at += 1;
  return c;
}

export function accept(reader: Reader, text: string): boolean {
  skipComments(reader);
  for (const [i, c] of Array.from(text).entries()) if (reader.points[reader.at + i] !== c) return false;
  reader.at += Array.from(text).length;
  return true;
}

/** The text up to a closing character, which is taken too. */
export function until(reader: Reader, end: string): string {
  const from = reader.at;
  while (reader.at < reader.points.length) {
    if (reader.points[reader.at] === end) {
      reader.at += 1;
      return reader.points.slice(from, reader.at - 1).join('');
    }
    reader.at += 1;
  }
  throw new RegexProblem(`a "${end}" is missing.`);
}

const HEX = /^[0-9a-fA-F]+$/;

/** The character behind a backslash that stands for one code point, or undefined if it is something else. */
export function escapedPoint(reader: Reader, c: string): number | undefined {
  const plain: Record<string, number> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };
  if (plain[c] !== undefined) return plain[c];
  if (c === '0') return octal(reader);
  if (c === 'x') {
    if (reader.points[reader.at] === '{') {
      reader.at += 1;
      const point = hex(until(reader, '}'));
      if (point > 0x10ffff) throw new RegexProblem('a hexadecimal code point is too large.');
      return point;
    }
    return hex(digits(reader, 2));
  }
  if (c === 'u') return surrogate(reader, hex(digits(reader, 4)));
  if (c === 'c') return (reader.points[reader.at++]?.charCodeAt(0) ?? 0) ^ 64;
  return /[a-zA-Z0-9]/.test(c) ? undefined : c.codePointAt(0);
}

function digits(reader: Reader, count: number): string {
  reader.at += count;
  return reader.points.slice(reader.at - count, reader.at).join('');
}

function hex(text: string): number {
  if (!HEX.test(text)) throw new RegexProblem('a hexadecimal escape is not complete.');
  return Number.parseInt(text, 16);
}

function surrogate(reader: Reader, high: number): number {
  if (high < 0xd800 || high > 0xdbff || reader.points[reader.at] !== '\\' || reader.points[reader.at + 1] !== 'u') return high;
  const low = reader.points.slice(reader.at + 2, reader.at + 6).join('');
  const unit = HEX.test(low) ? Number.parseInt(low, 16) : 0;
  if (unit < 0xdc00 || unit > 0xdfff) return high;
  reader.at += 6;
  return (high - 0xd800) * 0x400 + (unit - 0xdc00) + 0x10000;
}

function octal(reader: Reader): number {
  let value = -1;
  for (let i = 0; i < 3; i += 1) {
    const c = reader.points[reader.at] ?? '';
    if (!/^[0-7]$/.test(c)) break;
    const next = Math.max(value, 0) * 8 + Number(c);
    if (next > 255) break;
    value = next;
    reader.at += 1;
  }
  if (value < 0) throw new RegexProblem('an octal escape is not complete.');
  return value;
}
