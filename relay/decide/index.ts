/** Decisions: see decide.ts. */
export { type DecideInput, decide, preDecide } from './decide.ts';
export { isAsCreated, ownFields } from './as-created.ts';
export { compileFilter, hasFormula } from './filter.ts';
export { GLOBAL_FIELDS, type Globals, globalsOf } from './globals.ts';
export { priorPaths, requiredPaths, titleFallbacks } from './paths.ts';
export { MAX_RELATIONSHIPS, type Related, fieldsByName, formulaSchema, lookUpPath, relationship } from './schema.ts';
export { type TriggerAnswer, matchTrigger } from './trigger.ts';
