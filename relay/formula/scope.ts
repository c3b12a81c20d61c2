/** What compiling one formula gathers: its fields, its problems; and the shape of a compiled piece. */
import type { Node } from './ast.ts';
import { locate } from './errors.ts';
import type { Code, Frame, Slot } from './frame.ts';
import { problem } from './problems.ts';
import type { Place } from './problems.ts';
import type { CompileOptions, FieldInfo, Problem, ProblemCode, Schema } from './types.ts';
import { TYPE_NAMES } from './value.ts';
import type { Type, Value } from './value.ts';

export interface Scope {
  text: string;
  schema: Schema;
  options: CompileOptions;
  problems: Problem[];
  warnings: Problem[];
  slots: Slot[];
  slotOf: Map<string, number>;
  changed: Set<string>;
  prior: Set<string>;
  usesClock: boolean;
  usesChange: boolean;
}

/** A field that a piece looks at, for messages: "Amount is 500". */
export interface Use {
  label: string;
  code: Code;
}

/** A compiled piece of the formula. */
export interface Typed {
  type: Type;
  node: Node;
  code: Code;
  /** It can end in a runtime error even when everything it reads is known. */
  fails: boolean;
  /** Its code reads nothing of the frame. */
  constant: boolean;
  /** Set for a plain field and for PRIORVALUE(field). */
  field?: { info: FieldInfo; path: string; slot: number; global: boolean; prior: boolean };
  uses: Use[];
  /** Set for AND, OR, NOT and a Boolean IF: what `explain` walks down. */
  parts?: { kind: 'AND' | 'OR' | 'NOT' | 'IF'; operands: Typed[] };
  /** Set for ISCHANGED and ISNEW: the rest of the sentence for each outcome. */
  tells?: (value: boolean, frame: Frame) => string;
}

/** More help nobody. */
const MOST_PROBLEMS = 100;

export function report(scope: Scope, code: ProblemCode, message: string, place: Place, suggestion?: string): void {
  if (scope.problems.length < MOST_PROBLEMS) scope.problems.push(problem(scope.text, code, message, place, suggestion));
}

/** The result of a piece that has a problem: it silences every check above it. */
export function broken(node: Node): Typed {
  return { type: 'wrong', node, code: () => null, fails: true, constant: false, uses: [] };
}

export function wrongType(scope: Scope, piece: Typed, wanted: string, where: string): Typed {
  if (piece.type === 'picklist' || piece.type === 'multipicklist') return picklistMisused(scope, piece, where);
  report(
    scope,
    'formula_type',
    `${where} needs ${wanted} here, but ${excerpt(scope, piece.node)} is ${TYPE_NAMES[piece.type]}.`,
    piece.node,
  );
  return broken(piece.node);
}

function picklistMisused(scope: Scope, piece: Typed, where: string): Typed {
  const written = excerpt(scope, piece.node);
  const message =
    piece.type === 'picklist'
      ? `${written} is a picklist, which ${where} can't take. Use TEXT(${written}), ISPICKVAL or CASE.`
      : `${written} is a multi-select picklist, which ${where} can't take. Use INCLUDES, or ISBLANK.`;
  report(scope, 'formula_type', message, piece.node, piece.type === 'picklist' ? `TEXT(${written})` : undefined);
  return broken(piece.node);
}

export function excerpt(scope: Scope, place: Place): string {
  const slice = scope.text.slice(place.offset, place.offset + place.length).replace(/\s+/g, ' ');
  return slice.length > 60 ? `${slice.slice(0, 57)}…` : slice;
}

export function isText(type: Type): boolean {
  return type === 'text' || type === 'id';
}

/** The type that both can be read as, or undefined: NULL fits everything, ids are text. */
export function common(a: Type, b: Type): Type | undefined {
  if (a === 'wrong' || b === 'wrong') return 'wrong';
  if (a === 'null') return b;
  if (b === 'null' || a === b) return a;
  if (isText(a) && isText(b)) return 'text';
  return undefined;
}

const NO_USES: Use[] = [];

export function mergeUses(pieces: readonly Typed[]): Use[] {
  let only: Use[] | undefined;
  let several = false;
  for (const { uses } of pieces) {
    if (uses.length === 0) continue;
    several = only !== undefined;
    only ??= uses;
    if (several) break;
  }
  if (!several) return only ?? NO_USES;
  const all: Use[] = [];
  for (const piece of pieces) {
    for (const use of piece.uses) {
      if (all.length < 4 && !all.some((known) => known.label === use.label)) all.push(use);
    }
  }
  return all;
}

/** Computes constant pieces once, and gives errors their place in the text. */
export function finish(piece: Typed): Typed {
  if (piece.constant) {
    try {
      const value = piece.code(undefined as unknown as Frame);
      // A constant empty text is blank, as a literal '' is.
      const folded: Value = value === '' ? null : value;
      piece.code = () => folded;
      piece.fails = false;
      return piece;
    } catch {
      // An error in constants stays an error of the evaluation: IF may never get to it.
      piece.constant = false;
    }
  }
  if (!piece.fails) return piece;
  const { code, node } = piece;
  piece.code = (frame) => {
    try {
      return code(frame);
    } catch (error) {
      throw locate(error, node);
    }
  };
  return piece;
}
