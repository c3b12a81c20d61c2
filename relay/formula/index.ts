/** Salesforce's formula language: compile once, evaluate often. See docs/formula.md. */
import { compileNode } from './compile.ts';
import { FormulaError, Unknown } from './errors.ts';
import { explainPiece } from './explain.ts';
import { openFrame } from './frame.ts';
import { parse } from './parser.ts';
import { problem, SyntaxProblem } from './problems.ts';
import { excerpt, report } from './scope.ts';
import type { Scope, Typed } from './scope.ts';
import type { Clause, Compilation, CompileOptions, Context, Evaluation, Program, ReturnType, Schema } from './types.ts';
import { outward, TYPE_NAMES } from './value.ts';

export type * from './types.ts';
export { decidingClause, decidingSentence } from './explain.ts';
export { functions } from './functions/index.ts';
export { display as displayValue } from './value.ts';

/** As many as Salesforce allows in a formula. */
export const MAX_LENGTH = 5000;

/**
 * Reads a formula and checks it against a schema. Never throws.
 * Gives a program, or at least one problem with its place in the text.
 */
export function compile(text: string, schema: Schema, options: CompileOptions = {}): Compilation {
  const scope: Scope = {
    text,
    schema,
    options,
    problems: [],
    warnings: [],
    slots: [],
    slotOf: new Map(),
    changed: new Set(),
    prior: new Set(),
    usesClock: false,
    usesChange: false,
  };
  if (text.length > MAX_LENGTH) {
    const place = { offset: MAX_LENGTH, length: text.length - MAX_LENGTH };
    report(scope, 'formula_too_long', `The formula has ${text.length} characters; ${MAX_LENGTH} are allowed.`, place);
    return { ok: false, problems: scope.problems };
  }
  try {
    const piece = compileNode(scope, parse(text));
    checkResult(scope, piece);
    if (scope.problems.length > 0) return { ok: false, problems: scope.problems.sort((a, b) => a.offset - b.offset) };
    return { ok: true, program: programOf(scope, piece) };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { ok: false, problems: [problem(text, error.code, error.message, error.place)] };
    // A RangeError is a stack that ran out; nothing else is expected here, and a person must not see a stack trace.
    const deep = error instanceof RangeError;
    const message = deep ? 'The formula nests too deep.' : 'This formula could not be read.';
    const code = deep ? 'formula_too_deep' : 'formula_syntax';
    return { ok: false, problems: [problem(text, code, message, { offset: 0, length: text.length })] };
  }
}

function checkResult(scope: Scope, piece: Typed): void {
  if (piece.type === 'wrong' || scope.problems.length > 0) return;
  if ((scope.options.expect ?? 'boolean') === 'any') return;
  if (piece.type === 'boolean' || piece.type === 'null') return;
  const message = `A filter must be true or false, but ${excerpt(scope, piece.node)} gives ${TYPE_NAMES[piece.type]}.`;
  report(scope, 'formula_type', message, piece.node);
}

function returnTypeOf(piece: Typed): ReturnType {
  const { type } = piece;
  if (type === 'id' || type === 'picklist' || type === 'multipicklist') return 'text';
  return type === 'wrong' ? 'null' : type;
}

function programOf(scope: Scope, piece: Typed): Program {
  const { slots, text } = scope;
  const { code } = piece;
  return {
    returnType: returnTypeOf(piece),
    fields: slots.filter((slot) => !slot.global).map((slot) => slot.path),
    changed: [...scope.changed],
    prior: [...scope.prior],
    globals: slots.filter((slot) => slot.global).map((slot) => slot.path),
    usesClock: scope.usesClock,
    usesChange: scope.usesChange,
    warnings: scope.warnings,
    evaluate: (context: Context): Evaluation => {
      try {
        return { kind: 'value', value: outward(code(openFrame(context, slots))) };
      } catch (error) {
        return failure(error);
      }
    },
    explain: (context: Context): Clause[] => {
      try {
        return explainPiece(text, piece, openFrame(context, slots));
      } catch (error) {
        const outcome = failure(error);
        const message = outcome.kind === 'value' ? '' : outcome.message;
        return [{ text, offset: 0, length: text.length, depth: 0, value: 'error', passed: null, message, decided: true }];
      }
    },
  };
}

function failure(error: unknown): Evaluation {
  if (error instanceof Unknown) return { kind: 'unknown', reason: error.reason, path: error.path, message: error.message };
  if (error instanceof FormulaError) {
    const outcome: Evaluation = { kind: 'error', code: error.code, message: error.message };
    if (error.offset !== undefined) outcome.offset = error.offset;
    if (error.length !== undefined) outcome.length = error.length;
    return outcome;
  }
  return { kind: 'error', code: 'internal', message: 'The formula could not be computed.' };
}
