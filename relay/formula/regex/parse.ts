/** Pattern text in Java's syntax to a tree. */
import { bracket, escapedSet, quoted } from './brackets.ts';
import { RegexProblem } from './problem.ts';
import { accept, escapedPoint, open, peek, take, until } from './reader.ts';
import type { Flags, Reader } from './reader.ts';
import { folded, isLineEnd } from './sets.ts';
import type { CharTest } from './sets.ts';
import { width } from './tree.ts';
import type { Anchor, Tree } from './tree.ts';

export function parseRegex(source: string): { tree: Tree; groups: number } {
  const reader = open(source);
  const tree = choice(reader);
  if (reader.at < reader.points.length) throw new RegexProblem('a ")" has no "(" before it.');
  return { tree, groups: reader.groups };
}

function choice(reader: Reader): Tree {
  reader.depth += 1;
  if (reader.depth > 100) throw new RegexProblem('it nests too deep.');
  const items = [sequence(reader)];
  while (accept(reader, '|')) items.push(sequence(reader));
  reader.depth -= 1;
  return items.length === 1 ? (items[0] as Tree) : { kind: 'choice', items };
}

function sequence(reader: Reader): Tree {
  const items: Tree[] = [];
  for (;;) {
    const c = peek(reader);
    if (c === undefined || c === '|' || c === ')') return { kind: 'sequence', items };
    const atoms = atom(reader);
    const last = atoms.pop();
    items.push(...atoms);
    if (last !== undefined) items.push(quantified(reader, last));
  }
}

function quantified(reader: Reader, item: Tree): Tree {
  let tree = item;
  for (;;) {
    const range = quantifier(reader);
    if (range === undefined) return tree;
    const mode = accept(reader, '?') ? 'lazy' : accept(reader, '+') ? 'possessive' : 'greedy';
    tree = { kind: 'repeat', item: tree, least: range[0], most: range[1], mode };
    const c = peek(reader);
    if (c === '*' || c === '+' || c === '?') throw new RegexProblem(`a "${c}" has nothing before it to repeat.`);
  }
}

function quantifier(reader: Reader): [number, number] | undefined {
  if (accept(reader, '*')) return [0, Infinity];
  if (accept(reader, '+')) return [1, Infinity];
  if (accept(reader, '?')) return [0, 1];
  if (!accept(reader, '{')) return undefined;
  const match = /^(\d{1,9})(?:(,)(\d{1,9})?)?$/.exec(until(reader, '}'));
  if (match === null) throw new RegexProblem('a repetition {n,m} is not well formed.');
  const least = Number(match[1]);
  const most = match[2] === undefined ? least : match[3] === undefined ? Infinity : Number(match[3]);
  if (most < least) throw new RegexProblem('a repetition {n,m} has n above m.');
  return [least, most];
}

/** One thing that can be repeated; \Q…\E gives several, of which only the last is. */
function atom(reader: Reader): Tree[] {
  const c = take(reader);
  const { flags } = reader;
  switch (c) {
    case '(':
      return [...group(reader)];
    case '[':
      return [{ kind: 'one', test: bracket(reader) }];
    case '.':
      return [{ kind: 'one', test: flags.dotAll ? () => true : flags.unix ? (p) => p !== 10 : (p) => !isLineEnd(p) }];
    case '^':
      return [anchor(flags.lines ? 'lineStart' : 'start', flags)];
    case '$':
      return [anchor(flags.lines ? 'lineEnd' : 'lastLine', flags)];
    case '\\':
      return escape(reader);
    case '*':
    case '+':
    case '?':
      throw new RegexProblem(`a "${c}" has nothing before it to repeat.`);
    case '{':
      throw new RegexProblem('a "{" has nothing before it to repeat; write \\\\{ for the character.');
    default:
      return [point(flags, c.codePointAt(0) as number)];
  }
}

function anchor(at: Anchor, flags: Flags): Tree {
  return { kind: 'anchor', at, unix: flags.unix };
}

function point(flags: Flags, wanted: number): Tree {
  const test: CharTest = (p) => p === wanted;
  return { kind: 'one', test: flags.fold ? folded(test, flags.all) : test };
}

const ANCHORS: Record<string, Anchor> = { b: 'word', B: 'notWord', A: 'start', G: 'start', Z: 'lastLine', z: 'end' };

function escape(reader: Reader): Tree[] {
  const c = take(reader);
  const { flags } = reader;
  if (c === 'Q') return quoted(reader).map((p) => point(flags, p));
  if (c === 'E') return [];
  if (ANCHORS[c] !== undefined) return [anchor(ANCHORS[c], flags)];
  if (c === 'R') return [lineBreak()];
  if (c === 'k') {
    if (!accept(reader, '<')) throw new RegexProblem('\\k needs a group name, \\k<name>.');
    const name = until(reader, '>');
    const index = reader.names.get(name);
    if (index === undefined) throw new RegexProblem(`there is no group named ${name}.`);
    return [{ kind: 'back', index, fold: flags.fold, all: flags.all }];
  }
  if (/^[1-9]$/.test(c)) return [backReference(reader, c)];
  const set = escapedSet(reader, c);
  if (set !== undefined) return [{ kind: 'one', test: set }];
  const code = escapedPoint(reader, c);
  if (code === undefined) throw new RegexProblem(`\\${c} is no escape that Java knows.`);
  return [point(flags, code)];
}

/** More digits belong to the number as long as there are that many groups. */
function backReference(reader: Reader, first: string): Tree {
  let index = Number(first);
  while (/^\d$/.test(reader.points[reader.at] ?? '') && index * 10 + Number(reader.points[reader.at]) <= reader.groups) {
    index = index * 10 + Number(reader.points[reader.at]);
    reader.at += 1;
  }
  return { kind: 'back', index, fold: reader.flags.fold, all: reader.flags.all };
}

function lineBreak(): Tree {
  const one = (wanted: number): Tree => ({ kind: 'one', test: (p) => p === wanted });
  const single: Tree = { kind: 'one', test: (p) => (p >= 10 && p <= 13) || p === 0x85 || p === 0x2028 || p === 0x2029 };
  return { kind: 'choice', items: [{ kind: 'sequence', items: [one(13), one(10)] }, single] };
}

function* group(reader: Reader): Generator<Tree> {
  const before = { ...reader.flags };
  if (!accept(reader, '?')) {
    reader.groups += 1;
    const index = reader.groups;
    yield { kind: 'group', index, item: closed(reader, before) };
  } else if (accept(reader, ':')) yield closed(reader, before);
  else if (accept(reader, '>')) yield { kind: 'atomic', item: closed(reader, before) };
  else if (accept(reader, '=')) yield { kind: 'look', ahead: true, wanted: true, item: closed(reader, before) };
  else if (accept(reader, '!')) yield { kind: 'look', ahead: true, wanted: false, item: closed(reader, before) };
  else if (accept(reader, '<=')) yield behind(reader, before, true);
  else if (accept(reader, '<!')) yield behind(reader, before, false);
  else if (accept(reader, '<')) {
    const name = until(reader, '>');
    if (!/^[a-zA-Z][a-zA-Z0-9]*$/.test(name)) throw new RegexProblem(`"${name}" is no name for a group.`);
    if (reader.names.has(name)) throw new RegexProblem(`two groups are named ${name}.`);
    reader.groups += 1;
    const index = reader.groups;
    reader.names.set(name, index);
    yield { kind: 'group', index, item: closed(reader, before) };
  } else if (setFlags(reader)) yield closed(reader, before);
}

/** The inside of a group up to its ")"; flags set inside end with it. */
function closed(reader: Reader, before: Flags): Tree {
  const item = choice(reader);
  if (!accept(reader, ')')) throw new RegexProblem('a group is not closed: ")" is missing.');
  reader.flags = before;
  return { kind: 'sequence', items: [item] };
}

function behind(reader: Reader, before: Flags, wanted: boolean): Tree {
  const item = closed(reader, before);
  if (width(item)[1] > 10_000) throw new RegexProblem('what stands in a look-behind must have a greatest length.');
  return { kind: 'look', ahead: false, wanted, item };
}

/** (?i) sets flags for the rest of the group, (?i:…) for its own inside; true for the second. */
function setFlags(reader: Reader): boolean {
  const flags = { ...reader.flags };
  let on = true;
  for (;;) {
    const c = reader.points[reader.at];
    reader.at += 1;
    if (c === '-' && on) on = false;
    else if (c === 'i') flags.fold = on;
    else if (c === 'u') flags.all = on;
    else if (c === 'm') flags.lines = on;
    else if (c === 's') flags.dotAll = on;
    else if (c === 'x') flags.comments = on;
    else if (c === 'd') flags.unix = on;
    else if (c === 'U') flags.all = on;
    else if (c === ':' || c === ')') {
      reader.flags = flags;
      return c === ':';
    } else throw new RegexProblem(`"(?${c ?? ''}" starts no group that Java knows.`);
  }
}
