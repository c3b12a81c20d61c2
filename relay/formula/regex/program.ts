/** A tree as steps for the matcher. Repeated groups are copied; single characters are repeated in place. */
import { RegexProblem } from './problem.ts';
import type { CharTest } from './sets.ts';
import { width } from './tree.ts';
import type { Anchor, Tree } from './tree.ts';

export type Step =
  | { op: 'one'; test: CharTest; ascii: Uint8Array }
  | { op: 'run'; test: CharTest; ascii: Uint8Array; least: number; most: number; mode: 'greedy' | 'lazy' | 'possessive' }
  | { op: 'fork'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { op: 'save'; slot: number }
  | { op: 'moved'; slot: number }
  | { op: 'anchor'; at: Anchor; unix: boolean }
  | { op: 'back'; slot: number; fold: boolean; all: boolean }
  | { op: 'mark'; height: number; position: number; otherwise: number }
  | { op: 'behind'; least: number; most: number }
  | { op: 'commit'; height: number; position: number; kind: 'atomic' | 'ahead' | 'behind' }
  | { op: 'refuse'; height: number; position: number; behind: boolean }
  | { op: 'match' };

export interface Program {
  steps: Step[];
  slots: number;
}

const MOST_STEPS = 20_000;

export function programOf(tree: Tree, groups: number): Program {
  const program: Program = { steps: [], slots: (groups + 1) * 2 };
  emit(program, tree);
  add(program, { op: 'match' });
  return program;
}

function add(program: Program, step: Step): number {
  if (program.steps.length >= MOST_STEPS) throw new RegexProblem('it is too large once its repetitions are written out.');
  program.steps.push(step);
  return program.steps.length - 1;
}

function emit(program: Program, tree: Tree): void {
  switch (tree.kind) {
    case 'one':
      add(program, { op: 'one', test: tree.test, ascii: asciiOf(tree.test) });
      return;
    case 'sequence':
      for (const item of tree.items) emit(program, item);
      return;
    case 'choice':
      return emitChoice(program, tree.items);
    case 'group':
      add(program, { op: 'save', slot: tree.index * 2 });
      emit(program, tree.item);
      add(program, { op: 'save', slot: tree.index * 2 + 1 });
      return;
    case 'repeat':
      return emitRepeat(program, tree);
    case 'look':
      return emitLook(program, tree);
    case 'atomic':
      return emitAtomic(program, () => emit(program, tree.item));
    case 'back':
      add(program, { op: 'back', slot: tree.index * 2, fold: tree.fold, all: tree.all });
      return;
    case 'anchor':
      add(program, { op: 'anchor', at: tree.at, unix: tree.unix });
      return;
    default:
      tree satisfies never;
  }
}

const tables = new WeakMap<CharTest, Uint8Array>();

/** The answers for ASCII, looked up instead of asked: nearly all text is that. */
function asciiOf(test: CharTest): Uint8Array {
  const known = tables.get(test);
  if (known !== undefined) return known;
  const table = new Uint8Array(128);
  for (let point = 0; point < 128; point += 1) table[point] = test(point) ? 1 : 0;
  tables.set(test, table);
  return table;
}

function emitChoice(program: Program, items: Tree[]): void {
  const ends: number[] = [];
  items.forEach((item, i) => {
    if (i === items.length - 1) return emit(program, item);
    const fork = add(program, { op: 'fork', first: program.steps.length + 1, second: 0 });
    emit(program, item);
    ends.push(add(program, { op: 'jump', to: 0 }));
    (program.steps[fork] as { second: number }).second = program.steps.length;
  });
  for (const end of ends) (program.steps[end] as { to: number }).to = program.steps.length;
}

function single(tree: Tree): CharTest | undefined {
  if (tree.kind === 'one') return tree.test;
  return tree.kind === 'sequence' && tree.items.length === 1 ? single(tree.items[0] as Tree) : undefined;
}

function emitRepeat(program: Program, tree: Tree & { kind: 'repeat' }): void {
  const test = single(tree.item);
  const { least, most, mode } = tree;
  if (test !== undefined) add(program, { op: 'run', test, ascii: asciiOf(test), least, most, mode });
  else if (mode === 'possessive') {
    // In Java each round of a possessive group is kept as it first matched.
    const item: Tree = { kind: 'atomic', item: tree.item };
    emitAtomic(program, () => emitRepeat(program, { ...tree, item, mode: 'greedy' }));
  } else {
    for (let i = 0; i < least; i += 1) {
      const before = program.steps.length;
      emit(program, tree.item);
      // What has no steps need not be written a billion times.
      if (program.steps.length === before) return;
    }
    if (most === Infinity) emitLoop(program, tree.item, mode === 'lazy');
    else emitOptional(program, tree.item, most - least, mode === 'lazy');
  }
}

function emitLoop(program: Program, item: Tree, lazy: boolean): void {
  // A round that takes nothing must not start another one.
  const slot = width(item)[0] === 0 ? program.slots++ : -1;
  const fork = add(program, { op: 'fork', first: 0, second: 0 });
  const body = program.steps.length;
  if (slot >= 0) add(program, { op: 'save', slot });
  emit(program, item);
  if (slot >= 0) add(program, { op: 'moved', slot });
  add(program, { op: 'jump', to: fork });
  branch(program, fork, body, program.steps.length, lazy);
}

function emitOptional(program: Program, item: Tree, times: number, lazy: boolean): void {
  const forks: [number, number][] = [];
  for (let i = 0; i < times; i += 1) {
    const fork = add(program, { op: 'fork', first: 0, second: 0 });
    forks.push([fork, program.steps.length]);
    emit(program, item);
  }
  for (const [fork, body] of forks) branch(program, fork, body, program.steps.length, lazy);
}

function branch(program: Program, fork: number, body: number, after: number, lazy: boolean): void {
  program.steps[fork] = { op: 'fork', first: lazy ? after : body, second: lazy ? body : after };
}

function emitAtomic(program: Program, body: () => void): void {
  const [height, position] = [program.slots++, program.slots++];
  add(program, { op: 'mark', height, position, otherwise: -1 });
  body();
  add(program, { op: 'commit', height, position, kind: 'atomic' });
}

function emitLook(program: Program, tree: Tree & { kind: 'look' }): void {
  const [height, position] = [program.slots++, program.slots++];
  const mark = add(program, { op: 'mark', height, position, otherwise: -1 });
  if (!tree.ahead) {
    const [least, most] = width(tree.item);
    add(program, { op: 'behind', least, most });
  }
  emit(program, tree.item);
  if (tree.wanted) add(program, { op: 'commit', height, position, kind: tree.ahead ? 'ahead' : 'behind' });
  else {
    add(program, { op: 'refuse', height, position, behind: !tree.ahead });
    (program.steps[mark] as { otherwise: number }).otherwise = program.steps.length;
  }
}
