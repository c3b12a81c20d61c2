/** Character classes in square brackets, with union, intersection and nesting. */
import { RegexProblem } from './problem.ts';
import { accept, escapedPoint, peek, take, until } from './reader.ts';
import type { Reader } from './reader.ts';
import { folded, namedSet, negated, SHORT } from './sets.ts';
import type { CharTest } from './sets.ts';

/** Reads a class whose opening bracket has been taken. */
export function bracket(reader: Reader): CharTest {
  reader.depth += 1;
  if (reader.depth > 100) throw new RegexProblem('it nests too deep.');
  const isNegated = accept(reader, '^');
  const sides: CharTest[] = [];
  let union: CharTest[] = [];
  for (let first = true; ; first = false) {
    const c = peek(reader);
    if (c === undefined) throw new RegexProblem('a character class is not closed: "]" is missing.');
    if (c === ']' && !(first && sides.length === 0)) {
      reader.at += 1;
      break;
    }
    if (accept(reader, '&&')) {
      if (union.length > 0) sides.push(anyOf(union));
      union = [];
    } else if (accept(reader, '[')) union.push(bracket(reader));
    else union.push(...item(reader));
  }
  if (union.length > 0) sides.push(anyOf(union));
  reader.depth -= 1;
  const all = [...sides];
  const test: CharTest = all.length === 1 ? (all[0] as CharTest) : (p) => all.every((side) => side(p));
  return isNegated ? negated(test) : test;
}

function anyOf(tests: CharTest[]): CharTest {
  return tests.length === 1 ? (tests[0] as CharTest) : (p) => tests.some((test) => test(p));
}

/** One character, range, or named set. */
function item(reader: Reader): CharTest[] {
  const low = single(reader);
  if (typeof low !== 'number') return low;
  const next = reader.points[reader.at + 1];
  if (
    peek(reader) === '-' &&
    next !== undefined &&
    next !== ']' &&
    next !== '[' &&
    !(next === '&' && reader.points[reader.at + 2] === '&')
  ) {
    reader.at += 1;
    const high = single(reader);
    if (typeof high !== 'number' || high < low) throw new RegexProblem('a range in a character class runs backwards.');
    return [fold(reader, (p) => p >= low && p <= high)];
  }
  return [fold(reader, (p) => p === low)];
}

function fold(reader: Reader, test: CharTest): CharTest {
  return reader.flags.fold ? folded(test, reader.flags.all) : test;
}

function single(reader: Reader): number | CharTest[] {
  const c = take(reader);
  if (c !== '\\') return c.codePointAt(0) as number;
  const e = take(reader);
  if (e === 'Q') return quoted(reader).map((point) => fold(reader, (p) => p === point));
  const set = escapedSet(reader, e);
  if (set !== undefined) return [set];
  const point = escapedPoint(reader, e);
  if (point === undefined) throw new RegexProblem(`\\${e} is no escape that Java knows.`);
  return point;
}

/** \d, \p{…} and the like; undefined for anything else. */
export function escapedSet(reader: Reader, c: string): CharTest | undefined {
  if (SHORT[c] !== undefined) return SHORT[c];
  if (c !== 'p' && c !== 'P') return undefined;
  const name = accept(reader, '{') ? until(reader, '}') : take(reader);
  // Without case, upper-, lower- and title-case letters are one set.
  const set = reader.flags.fold && /^(Is)?L[ult]$/.test(name) ? namedSet('LC') : fold(reader, namedSet(name));
  return c === 'P' ? negated(set) : set;
}

/** The code points between \Q and \E. */
export function quoted(reader: Reader): number[] {
  const points: number[] = [];
  while (reader.at < reader.points.length) {
    if (reader.points[reader.at] === '\\' && reader.points[reader.at + 1] === 'E') {
      reader.at += 2;
      break;
    }
    points.push((reader.points[reader.at] as string).codePointAt(0) as number);
    reader.at += 1;
  }
  return points;
}
