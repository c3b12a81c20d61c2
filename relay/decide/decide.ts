/** Event × integration → deliver, or not because … Pure: everything it needs is handed in. */
import { type Clause, type Context, type Evaluation, type Program, decidingSentence } from '../formula/index.ts';
import type { ChangeEvent } from '../model/event.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import type { Decision, DecisionStep } from '../model/outcome.ts';
import type { FetchedRecord, ObjectDescribe } from '../model/salesforce.ts';
import { hasFormula } from './filter.ts';
import type { Globals } from './globals.ts';
import { valuesAtEvent } from './overlay.ts';
import { fieldsByName } from './schema.ts';
import { matchTrigger } from './trigger.ts';
import { changedNames, eventPath, restValue } from './wire.ts';

export interface DecideInput {
  readonly event: ChangeEvent;
  readonly integration: Pick<IntegrationDefinition, 'triggerOn' | 'filterFormula' | 'timeZone'>;
  /** The compiled filterFormula; null where there is none. */
  readonly program: Program | null;
  readonly describe: ObjectDescribe;
  /** With the paths of requiredPaths. */
  readonly record: FetchedRecord;
  /** Values before the change, by the event's spelling of the field (`Name.FirstName`) or REST's; a missing one is not known. */
  readonly prior: Readonly<Record<string, unknown>> | null;
  readonly now: Date;
  readonly globals: Globals;
}

/** Steps beyond this many are not kept: a person reads the first, a database row carries them all. */
const MAX_STEPS = 60;

/** Never throws. The steps are the trigger, then each clause of the filter formula. */
export function decide(input: DecideInput): Decision {
  return before(input) ?? filter(input, input.record);
}

/**
 * The skips that need no fetch: the trigger does not match, or the formula is false whatever the rest of the record holds.
 * null: fetch the record, then decide.
 */
export function preDecide(input: Omit<DecideInput, 'record'>): Decision | null {
  const settled = before(input);
  if (settled) return settled;
  if (!input.program) return null;
  const evaluation = input.program.evaluate(contextOf(input, null));
  // What the event does not carry is unknown; a value despite it does not depend on it.
  return evaluation.kind === 'value' && evaluation.value !== true ? filter(input, null) : null;
}

function before({ event, integration, program }: Omit<DecideInput, 'record'>): Decision | null {
  if (event.poison !== null) return { kind: 'error', reason: 'poisoned_event', message: event.poison, steps: [] };
  if (event.changeType === 'GAP_OVERFLOW') {
    const message =
      'One transaction changed so many records that Salesforce did not say which; they are looked for by a query of their own.';
    return { kind: 'error', reason: 'gap_overflow', message, steps: [] };
  }
  const trigger = matchTrigger(event.changeType, integration.triggerOn);
  if (!trigger.matches) {
    return { kind: 'skip', reason: 'trigger_not_matched', message: trigger.message, steps: [triggerStep(trigger)] };
  }
  if (hasFormula(integration) && !program) {
    const message = 'The filter formula can no longer be read with the fields that the object has now; mend it, then retry.';
    return { kind: 'error', reason: 'configuration_broken', message, steps: [triggerStep(trigger)] };
  }
  return null;
}

const triggerStep = ({ matches, message }: { matches: boolean; message: string }): DecisionStep => ({
  step: 'trigger',
  passed: matches,
  message,
});

function filter(input: Omit<DecideInput, 'record'>, record: FetchedRecord | null): Decision {
  const { event, integration, program } = input;
  const steps = [triggerStep(matchTrigger(event.changeType, integration.triggerOn))];
  if (!program) return { kind: 'deliver', message: 'There is no filter formula: every such change counts.', steps };
  const context = contextOf(input, record);
  const evaluation = program.evaluate(context);
  const clauses = program.explain(context);
  for (const clause of clauses.slice(0, MAX_STEPS)) {
    steps.push({ step: clause.text, passed: clause.passed, message: clause.message });
  }
  return { ...verdict(evaluation, clauses), steps };
}

type Verdict =
  | { readonly kind: 'deliver'; readonly message: string }
  | { readonly kind: 'skip'; readonly reason: 'filter_false'; readonly message: string }
  | { readonly kind: 'error'; readonly reason: 'gap_change_unknown' | 'formula_error'; readonly message: string };

function verdict(evaluation: Evaluation, clauses: readonly Clause[]): Verdict {
  const deciding = decidingSentence(clauses);
  switch (evaluation.kind) {
    case 'value':
      if (evaluation.value === true) return { kind: 'deliver', message: deciding || 'The filter formula is true.' };
      return { kind: 'skip', reason: 'filter_false', message: deciding || falseMessage(evaluation.value) };
    case 'unknown':
      return {
        kind: 'error',
        reason: evaluation.reason === 'value_unknown' ? 'formula_error' : 'gap_change_unknown',
        message: evaluation.message,
      };
    case 'error':
      return { kind: 'error', reason: 'formula_error', message: `The filter formula can't be worked out: ${evaluation.message}` };
    default:
      return evaluation satisfies never;
  }
}

const falseMessage = (value: unknown): string =>
  value === null ? 'The filter formula came out blank, which does not count as true.' : 'The filter formula is false.';

function contextOf(input: Omit<DecideInput, 'record'>, record: FetchedRecord | null): Context {
  const { event, describe, prior, integration, now, globals } = input;
  return {
    values: valuesAtEvent(event, describe, record),
    changeType: event.changeType === 'CREATE' || event.changeType === 'GAP_CREATE' ? 'CREATE' : 'UPDATE',
    isNew: undefined,
    changedFields: changedNames(event, describe),
    prior: (path) => priorValue(prior, describe, path),
    now,
    timeZone: integration.timeZone,
    globals: (name) => (Object.hasOwn(globals, name) ? globals[name] : undefined),
  };
}

function priorValue(
  prior: DecideInput['prior'],
  describe: ObjectDescribe,
  path: string,
): { known: true; value: unknown } | { known: false } {
  if (!prior) return { known: false };
  const field = fieldsByName(describe).get(path.toLowerCase());
  for (const name of field ? [eventPath(field), field.name] : [path]) {
    if (Object.hasOwn(prior, name)) return { known: true, value: field ? restValue(prior[name], field.type) : prior[name] };
  }
  return { known: false };
}
