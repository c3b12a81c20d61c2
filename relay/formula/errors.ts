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

/** A value that nobody knows (a gap event, a prior value never seen). IFERROR does not catch it: it is no error. */
export class Unknown extends Error {
  readonly reason: UnknownReason;
  readonly path: string;
  constructor(reason: UnknownReason, path: string, message: string) {
    super(message);
    this.reason = reason;
    this.path = path;
  }
}

export function fail(code: RuntimeErrorCode, message: string): never {
  throw new FormulaError(code, message);
}
