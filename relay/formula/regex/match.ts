/**
 * Runs a program over a text with a stack of its own and a budget of steps: a pattern such as (a+)+b costs what it costs,
 * up to the budget, and never the event loop or the JavaScript stack.
 */
import type { Program, Step } from './program.ts';
import { isLineEnd, isWordPoint, otherCases } from './sets.ts';

/** matched undefined: the budget ran out. */
export interface Outcome {
  matched: boolean | undefined;
  steps: number;
}

/** Entries of the stack, four numbers each: what, and three of its own. */
const TRY = 0; // step, position
const UNDO = 1; // slot, old value
const GIVE = 2; // step after, longest end, shortest end: greedy run
const TAKE = 3; // step of the run, end so far, count: lazy run
const BACK = 4; // step of `behind`, position, how far

/** What a look-up outside of ASCII costs more. */
const RARE = 3;

/** Whether the whole text matches. */
export function run(program: Program, text: string, budget: number): Outcome {
  const { steps } = program;
  const slots = new Array<number>(program.slots).fill(-1);
  let stack = new Int32Array(256);
  let top = 0;
  let at = 0;
  let pc = 0;
  let spent = 0;

  const push = (what: number, a: number, b: number, c: number) => {
    if (top === stack.length) {
      const larger = new Int32Array(top * 2);
      larger.set(stack);
      stack = larger;
    }
    stack[top] = what;
    stack[top + 1] = a;
    stack[top + 2] = b;
    stack[top + 3] = c;
    top += 4;
  };

  const set = (slot: number, value: number) => {
    push(UNDO, slot, slots[slot] as number, 0);
    slots[slot] = value;
  };

  /** Goes back to the last thing left to try; false if there is none. */
  const retreat = (): boolean => {
    while (top > 0) {
      top -= 4;
      const what = stack[top] as number;
      const a = stack[top + 1] as number;
      const b = stack[top + 2] as number;
      const c = stack[top + 3] as number;
      spent += 1;
      if (what === UNDO) slots[a] = b;
      else if (what === TRY) {
        pc = a;
        at = b;
        return true;
      } else if (what === GIVE) {
        if (b <= c) continue;
        const shorter = b - lengthBefore(text, b);
        push(GIVE, a, shorter, c);
        pc = a;
        at = shorter;
        return true;
      } else if (what === TAKE) {
        const step = steps[a] as Step & { op: 'run' };
        if (c >= step.most || b >= text.length) continue;
        const point = text.codePointAt(b) as number;
        if (!step.test(point)) continue;
        at = b + (point > 0xffff ? 2 : 1);
        push(TAKE, a, at, c + 1);
        pc = a + 1;
        return true;
      } else if (what === BACK && tryBehind(a, b, c)) return true;
    }
    return false;
  };

  const tryBehind = (step: number, from: number, distance: number): boolean => {
    const { most } = steps[step] as Step & { op: 'behind' };
    let start = from;
    for (let i = 0; i < distance; i += 1) {
      if (start === 0) return false;
      start -= lengthBefore(text, start);
    }
    spent += distance;
    if (distance < most) push(BACK, step, from, distance + 1);
    at = start;
    pc = step + 1;
    return true;
  };

  /** Forgets what is left to try above a height, but not what has to be undone below it. */
  const commit = (height: number) => {
    let kept = height;
    for (let i = height; i < top; i += 4) {
      if (stack[i] !== UNDO) continue;
      stack.copyWithin(kept, i, i + 4);
      kept += 4;
    }
    spent += (top - height) >> 2;
    top = kept;
  };

  /** Forgets all that is left to try above a height, and undoes what was set there. */
  const unwind = (height: number) => {
    while (top > height) {
      top -= 4;
      if (stack[top] === UNDO) slots[stack[top + 1] as number] = stack[top + 2] as number;
    }
  };

  for (;;) {
    spent += 1;
    if (spent > budget) return { matched: undefined, steps: budget };
    const step = steps[pc] as Step;
    let ok = true;
    pc += 1;
    switch (step.op) {
      case 'one': {
        const point = text.codePointAt(at);
        ok = point !== undefined && (point < 128 ? step.ascii[point] === 1 : step.test(point));
        if (ok) at += (point as number) > 0xffff ? 2 : 1;
        if (point !== undefined && point >= 128) spent += RARE;
        break;
      }
      case 'run': {
        const begin = at;
        let count = 0;
        let least = at;
        const limit = step.mode === 'lazy' ? step.least : step.most;
        while (count < limit && at < text.length && spent <= budget) {
          const point = text.codePointAt(at) as number;
          if (!(point < 128 ? step.ascii[point] === 1 : step.test(point))) break;
          at += point > 0xffff ? 2 : 1;
          count += 1;
          spent += point < 128 ? 1 : 1 + RARE;
          if (count === step.least) least = at;
        }
        ok = count >= step.least;
        if (step.least === 0) least = begin;
        if (ok && step.mode === 'greedy' && at > least) push(GIVE, pc, at, least);
        if (ok && step.mode === 'lazy') push(TAKE, pc - 1, at, count);
        break;
      }
      case 'fork':
        push(TRY, step.second, at, 0);
        pc = step.first;
        break;
      case 'jump':
        pc = step.to;
        break;
      case 'save':
        set(step.slot, at);
        break;
      case 'moved':
        // A round that took nothing ends the loop: the jump back is passed over.
        if (slots[step.slot] === at) pc += 1;
        break;
      case 'anchor':
        ok = anchored(step.at, text, at, step.unix);
        break;
      case 'back': {
        const end = repeated(step, slots, text, at);
        ok = end >= 0;
        if (ok) {
          spent += end - at;
          at = end;
        }
        break;
      }
      case 'mark':
        set(step.position, at);
        set(step.height, top + 4);
        if (step.otherwise >= 0) push(TRY, step.otherwise, at, 0);
        break;
      case 'behind':
        ok = tryBehind(pc - 1, at, step.least);
        break;
      case 'commit':
        ok = step.kind !== 'behind' || at === slots[step.position];
        if (!ok) break;
        commit(slots[step.height] as number);
        if (step.kind === 'ahead') at = slots[step.position] as number;
        break;
      case 'refuse':
        ok = false;
        if (step.behind && at !== slots[step.position]) break;
        // The forbidden thing is there: drop the way on that `mark` left, then go back before it.
        unwind(slots[step.height] as number);
        break;
      case 'match':
        if (at === text.length) return { matched: true, steps: spent };
        ok = false;
        break;
      default:
        step satisfies never;
    }
    if (!ok && !retreat()) return { matched: false, steps: spent };
  }
}

function lengthBefore(text: string, at: number): number {
  const low = text.charCodeAt(at - 1);
  if (low < 0xdc00 || low > 0xdfff || at < 2) return 1;
  const high = text.charCodeAt(at - 2);
  return high >= 0xd800 && high <= 0xdbff ? 2 : 1;
}

/** Where a back reference ends, or -1. A group that took part in nothing never matches. */
function repeated(step: Step & { op: 'back' }, slots: number[], text: string, at: number): number {
  const from = slots[step.slot] ?? -1;
  const to = slots[step.slot + 1] ?? -1;
  if (from < 0 || to < from || at + (to - from) > text.length) return -1;
  for (let i = from; i < to; i += 1) {
    const [a, b] = [text.charCodeAt(i), text.charCodeAt(at + i - from)];
    if (a !== b && !(step.fold && otherCases(a, step.all).includes(b))) return -1;
  }
  return at + (to - from);
}

function anchored(kind: string, text: string, at: number, unix: boolean): boolean {
  const isEnd = (i: number) => (unix ? text.charCodeAt(i) === 10 : isLineEnd(text.charCodeAt(i)));
  const insidePair = at > 0 && at < text.length && text[at - 1] === '\r' && text[at] === '\n' && !unix;
  switch (kind) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'lineStart':
      return at === 0 || (at < text.length && isEnd(at - 1) && !insidePair);
    case 'lineEnd':
      return at === text.length || (isEnd(at) && !insidePair);
    case 'lastLine':
      if (insidePair) return false;
      return (
        at === text.length || (at === text.length - 1 && isEnd(at)) || (at === text.length - 2 && !unix && text.endsWith('\r\n'))
      );
    default: {
      const before = at > 0 && isWordPoint(text.codePointAt(at - lengthBefore(text, at)) as number);
      const after = at < text.length && isWordPoint(text.codePointAt(at) as number);
      return (before !== after) === (kind === 'word');
    }
  }
}
