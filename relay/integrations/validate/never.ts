/** A formula that can't come true for the changes that start it: the complaint would be missed without a word. */
import type { Program } from '../../formula/index.ts';
import type { TriggerOn } from '../../model/integration.ts';

/** A sentence where the formula is false whatever the record holds; null where it may come true. */
export function neverTrueOn(triggerOn: TriggerOn, program: Program): string | null {
  const types =
    triggerOn === 'both' ? (['CREATE', 'UPDATE'] as const) : [triggerOn === 'create' ? ('CREATE' as const) : ('UPDATE' as const)];
  if (types.some((changeType) => mayBeTrue(program, changeType))) return null;
  const words = { create: 'when a record is created', update: 'when a record is updated', both: 'for any record' }[triggerOn];
  return `This formula is never true ${words}, so no Issue would ever be created.`;
}

/** Nothing is known but the kind of change: a value all the same does not depend on the rest. */
function mayBeTrue(program: Program, changeType: 'CREATE' | 'UPDATE'): boolean {
  if (program.usesClock) return true;
  const evaluation = program.evaluate({
    values: () => undefined,
    changeType,
    isNew: undefined,
    changedFields: changeType === 'CREATE' ? new Set() : undefined,
    prior: () => ({ known: false }),
    now: new Date(0),
    timeZone: 'UTC',
  });
  return evaluation.kind !== 'value' || evaluation.value === true;
}
