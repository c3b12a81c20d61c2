/** The clauses of a formula with what came out of each, for previews and for the log's sentence. */
import { FormulaError, Unknown } from './errors.ts';
import { tellUses } from './fields.ts';
import type { Frame } from './frame.ts';
import type { Typed } from './scope.ts';
import type { Clause } from './types.ts';
import { display } from './value.ts';
import type { Value } from './value.ts';

type Outcome = { kind: 'value'; value: Value } | { kind: 'unknown' | 'error'; message: string } | { kind: 'skipped' };

interface Entry {
  clause: Clause;
  outcome: Outcome;
}

export function explainPiece(source: string, piece: Typed, frame: Frame): Clause[] {
  const entries: Entry[] = [];
  const inner = piece.parts;
  if (inner === undefined || inner.kind === 'NOT' || inner.operands.length === 0)
    walk(source, piece, frame, 0, entries, true, true);
  else operands(source, piece, frame, 0, entries, true, true);
  return entries.map(({ clause }) => clause);
}

function run(piece: Typed, frame: Frame): Outcome {
  try {
    return { kind: 'value', value: piece.code(frame) };
  } catch (error) {
    if (error instanceof Unknown) return { kind: 'unknown', message: error.message };
    return { kind: 'error', message: error instanceof FormulaError ? error.message : 'internal error' };
  }
}

/** Adds a clause and its operands; `live`: evaluation gets here; `decides`: what comes out here is what comes out of the formula. */
function walk(
  source: string,
  piece: Typed,
  frame: Frame,
  depth: number,
  entries: Entry[],
  live: boolean,
  decides: boolean,
): Outcome {
  const outcome: Outcome = live ? run(piece, frame) : { kind: 'skipped' };
  const { offset, length } = piece.node;
  const text = source.slice(offset, offset + length);
  const hasParts = piece.parts !== undefined && piece.parts.operands.length > 0;
  const clause: Clause = {
    text,
    offset,
    length,
    depth,
    value: shown(outcome),
    passed: outcome.kind === 'value' && typeof outcome.value === 'boolean' ? outcome.value : null,
    message: sentence(text, piece, outcome, frame),
    decided: decides && outcome.kind !== 'skipped' && !hasParts,
  };
  entries.push({ clause, outcome });
  if (hasParts) operands(source, piece, frame, depth + 1, entries, live, decides);
  return outcome;
}

function operands(
  source: string,
  piece: Typed,
  frame: Frame,
  depth: number,
  entries: Entry[],
  live: boolean,
  decides: boolean,
): void {
  const parts = piece.parts as NonNullable<Typed['parts']>;
  if (parts.kind === 'NOT') {
    walk(source, parts.operands[0] as Typed, frame, depth, entries, live, decides);
    return;
  }
  if (parts.kind === 'IF') {
    const [test, then, otherwise] = parts.operands as [Typed, Typed, Typed];
    const outcome = walk(source, test, frame, depth, entries, live, false);
    const known = live && outcome.kind === 'value';
    const isTrue = known && outcome.value === true;
    walk(source, then, frame, depth, entries, isTrue, decides && isTrue);
    walk(source, otherwise, frame, depth, entries, known && !isTrue, decides && known && !isTrue);
    if (live && !known) markLast(entries, test, decides);
    return;
  }
  logic(source, parts.operands, parts.kind === 'OR', frame, depth, entries, live, decides);
}

function markLast(entries: Entry[], piece: Typed, decides: boolean): void {
  const entry = entries.find(({ clause }) => clause.offset === piece.node.offset && clause.length === piece.node.length);
  if (entry !== undefined && decides) entry.clause.decided = true;
}

/** The operand that settles the outcome decides; if none does, all of them do together. */
function logic(
  source: string,
  items: Typed[],
  settles: boolean,
  frame: Frame,
  depth: number,
  entries: Entry[],
  live: boolean,
  decides: boolean,
): void {
  const outcomes = live ? items.map((item) => run(item, frame)) : [];
  let stop = outcomes.findIndex(
    (outcome, i) =>
      outcome.kind === 'error' ||
      (outcome.kind === 'value' && (outcome.value === true) === settles) ||
      (outcome.kind === 'unknown' && (items[i] as Typed).fails),
  );
  const unknown = outcomes.findIndex((outcome) => outcome.kind === 'unknown');
  let decider = stop;
  if (stop >= 0 && unknown >= 0 && unknown < stop && outcomes[stop]?.kind !== 'value') decider = unknown;
  if (stop < 0) {
    stop = items.length;
    decider = unknown;
  }
  items.forEach((item, i) => {
    const reached = live && i <= stop;
    walk(source, item, frame, depth, entries, reached, decides && reached && (decider < 0 || decider === i));
  });
}

function shown(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'value':
      return display(outcome.value);
    case 'unknown':
      return 'unknown';
    case 'error':
      return 'error';
    case 'skipped':
      return 'not evaluated';
    default:
      return outcome satisfies never;
  }
}

function sentence(text: string, piece: Typed, outcome: Outcome, frame: Frame): string {
  const flat = text.replace(/\s+/g, ' ');
  const name = flat.length > 120 ? `${flat.slice(0, 119)}…` : flat;
  switch (outcome.kind) {
    case 'skipped':
      return `${name} was not looked at: the outcome was settled before.`;
    case 'unknown':
    case 'error':
      return `${name} is ${outcome.kind === 'error' ? 'an error' : 'unknown'}: ${outcome.message.replace(/\.$/, '')}`;
    case 'value': {
      const value = display(outcome.value);
      const why =
        piece.parts !== undefined
          ? ''
          : piece.tells !== undefined
            ? piece.tells(outcome.value === true, frame)
            : tellUses(piece, frame);
      return why === '' ? `${name} is ${value}` : `${name} is ${value}: ${why}`;
    }
    default:
      return outcome satisfies never;
  }
}

/** The first clause that settled the outcome, or null if nothing was evaluated. */
export function decidingClause(clauses: readonly Clause[]): Clause | null {
  return clauses.find((clause) => clause.decided) ?? null;
}

/** One sentence that says which clause, or clauses, settled the outcome. At most three are named. */
export function decidingSentence(clauses: readonly Clause[]): string {
  const deciders = clauses.filter((clause) => clause.decided);
  const told = deciders.slice(0, 3).map((clause) => clause.message);
  const more = deciders.length - told.length;
  return `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
