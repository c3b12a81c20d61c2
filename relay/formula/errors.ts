/** What stops an evaluation early: an error of the formula, or something that is not known. Neither ever leaves evaluate(). */
import type { RuntimeErrorCode, UnknownReason } from './types.ts';

/** A runtime error, as division by zero is. IFERROR catches it. */
export class FormulaError extends Error {
  readonly code: RuntimeErrorCode;
  offset: number | undefined;
  length: number | undefined;
  constructor(code: RuntimeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A value that nobody knows (a gap event, a prior value never seen). IFERROR does not catch it: it is no error.
 * Not an Error: a filter meets it on every event that is judged before its record is fetched, and taking a stack costs 70 µs of 80.
 */
export class Unknown {
  readonly message: string;
  readonly reason: UnknownReason;
  readonly path: string;
  constructor(reason: UnknownReason, path: string, message: string) {
    this.message = message;
    this.reason = reason;
    this.path = path;
  }
}

export function fail(code: RuntimeErrorCode, message: string): never {
  throw new FormulaError(code, message);
}

/** Gives an error its place in the formula, if it has none yet. */
export function locate(error: unknown, place: { offset: number; length: number }): unknown {
  if (error instanceof FormulaError && error.offset === undefined) {
    error.offset = place.offset;
    error.length = place.length;
  }
  return error;
}
