/** Salesforce's formula language: compile once, evaluate often. See docs/formula.md. */
import type { Clause, Compilation, CompileOptions, FunctionHelp, Schema } from './types.ts';

export type * from './types.ts';

/**
 * Reads a formula and checks it against a schema. Never throws.
 * Gives a program, or at least one problem with its place in the text.
 */
export declare function compile(text: string, schema: Schema, options?: CompileOptions): Compilation;

/** The clause that settled the outcome, or null for a formula of one clause that was never evaluated. */
export declare function decidingClause(clauses: readonly Clause[]): Clause | null;

/** Every function of the formula reference, with the reason for those that are refused. */
export declare const functions: readonly FunctionHelp[];
