/** The one way in which the relay compiles a filter formula: at save, in previews, in the drift watch and at run time. */
import { type Compilation, compile } from '../formula/index.ts';
import type { ObjectDescribe } from '../model/salesforce.ts';
import { GLOBAL_FIELDS } from './globals.ts';
import { type Related, formulaSchema } from './schema.ts';

/** A formula of nothing but blanks is none. */
export function hasFormula<T extends { readonly filterFormula: string | null }>(
  integration: T,
): integration is T & { readonly filterFormula: string } {
  return integration.filterFormula !== null && integration.filterFormula.trim() !== '';
}

/** Blank numbers count as blank, as in a new formula field. Never throws. */
export function compileFilter(formula: string, describe: ObjectDescribe, related: Related): Compilation {
  return compile(formula, formulaSchema(describe, related), {
    expect: 'boolean',
    blankAs: 'blank',
    globals: { ...GLOBAL_FIELDS },
  });
}
