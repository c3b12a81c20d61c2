/** Validation: every problem of an integration at once, with its place, before a complaint is missed. */
import { type Related, hasFormula, lookUpPath } from '../../decide/index.ts';
import type { Program } from '../../formula/index.ts';
import type { CustomField } from '../../model/issue.ts';
import type { IntegrationDefinition } from '../../model/integration.ts';
import type { ObjectDescribe } from '../../model/salesforce.ts';
import { type IntegrationProblem, problem } from './problem.ts';
import { type SalesforceFindings, UNKNOWN, askSalesforce, syntaxOnly, textsOf } from './salesforce-side.ts';
import { doubtOf } from './sense.ts';
import type { Sides } from './sides.ts';
import { type ZenqmsFindings, askZenqms } from './zenqms-side.ts';

export type { IntegrationProblem, TextPosition } from './problem.ts';
export { salesforceProblem, zenqmsProblem } from './problem.ts';
export { neverTrueOn } from './never.ts';
export { loadRelated } from './related.ts';
export { REMEDY, type Subject, remedyFor, user } from './remedy.ts';
export { fieldMessage } from './salesforce-side.ts';
export type { Sides } from './sides.ts';
export { type StandingProblem, problemsAtSave, sameProblem, standing } from './standing.ts';
export { textsOf };

export interface Validation {
  /** Warnings alone leave an integration valid. */
  readonly valid: boolean;
  readonly problems: readonly IntegrationProblem[];
  /** The draft with every Salesforce name as the describe spells it: what to store, so that fetched values are found by it. */
  readonly definition: IntegrationDefinition;
  /** What was learnt on the way; null where a problem kept it from being known. */
  readonly describe: ObjectDescribe | null;
  readonly related: Related;
  readonly program: Program | null;
  readonly fields: readonly CustomField[] | null;
}

/**
 * Checks a draft against both sides. Asks each side only if its connection is usable, and goes on with the other.
 * @param options.refresh asks both sides anew instead of what they remember for minutes
 */
export async function validateIntegration(
  draft: IntegrationDefinition,
  sides: Sides,
  options: { refresh?: boolean } = {},
): Promise<Validation> {
  const [salesforce, zenqms] = await Promise.all([salesforceSide(draft, sides, options), zenqmsSide(draft, sides, options)]);
  const problems = [
    ...salesforce.problems,
    ...zenqms.problems,
    ...duplicates(draft, salesforce),
    ...timeZoneProblem(draft.timeZone),
    ...mappingDoubts(draft, salesforce, zenqms),
  ];
  return {
    valid: problems.every((found) => found.severity !== 'error'),
    problems,
    definition: canonical(draft, salesforce),
    describe: salesforce.describe,
    related: salesforce.related,
    program: salesforce.program,
    fields: zenqms.fields,
  };
}

async function salesforceSide(
  draft: IntegrationDefinition,
  sides: Sides,
  options: { refresh?: boolean },
): Promise<SalesforceFindings> {
  const path = 'salesforceConnectionId';
  const connection = await sides.salesforceConnection(draft.salesforceConnectionId);
  const refused = (code: string, message: string): SalesforceFindings => ({
    ...UNKNOWN,
    problems: [problem(path, code, message), ...syntaxOnly(draft)],
  });
  if (!connection) return refused('unknown_salesforce_connection', 'There is no such Salesforce connection.');
  switch (connection.status) {
    case 'awaiting_authorization':
      return refused(
        'salesforce_not_connected',
        'The Salesforce connection has not been authorised yet: open its authorisation link first.',
      );
    case 'reauthorization_required':
      return refused('salesforce_not_connected', `The Salesforce connection must be authorised again.${why(connection.problem)}`);
    case 'connected':
    case 'unreachable':
      return askSalesforce(draft, sides.salesforce, options);
    default:
      return connection.status satisfies never;
  }
}

async function zenqmsSide(draft: IntegrationDefinition, sides: Sides, options: { refresh?: boolean }): Promise<ZenqmsFindings> {
  const connection = await sides.zenqmsConnection(draft.zenqmsConnectionId);
  if (connection) return askZenqms(draft, sides.zenqms, options);
  return {
    problems: [problem('zenqmsConnectionId', 'unknown_zenqms_connection', 'There is no such ZenQMS connection.')],
    fields: null,
  };
}

const why = (found: { message: string } | null | undefined): string => (found ? ` ${found.message}` : '');

function duplicates(draft: IntegrationDefinition, { describe, related }: SalesforceFindings): IntegrationProblem[] {
  const spelt = (name: string): string => ((describe && lookUpPath(describe, related, name)?.path) ?? name).toLowerCase();
  const salesforce = repeated(draft.fieldMappings.map((mapping) => spelt(mapping.salesforceField)));
  const zenqms = repeated(draft.fieldMappings.map((mapping) => mapping.zenqmsFieldId));
  return [
    ...salesforce.map(([index, first]) =>
      problem(
        `fieldMappings[${index}].salesforceField`,
        'duplicate_salesforce_field',
        `${draft.fieldMappings[index]?.salesforceField} is mapped already, in row ${first + 1}.`,
      ),
    ),
    ...zenqms.map(([index, first]) =>
      problem(
        `fieldMappings[${index}].zenqmsFieldId`,
        'duplicate_zenqms_field',
        `This ZenQMS field is filled already, by row ${first + 1}.`,
      ),
    ),
  ];
}

/** [index of the repetition, index of the first] */
function repeated(names: readonly string[]): (readonly [number, number])[] {
  const first = new Map<string, number>();
  return names.flatMap((name, index) => {
    const before = first.get(name);
    if (before !== undefined) return [[index, before] as const];
    first.set(name, index);
    return [];
  });
}

function timeZoneProblem(name: string): IntegrationProblem[] {
  const message = `“${name}” is not a time zone. Names look like Europe/Berlin or America/New_York; see the IANA time zone list.`;
  return isTimeZone(name) ? [] : [problem('timeZone', 'unknown_time_zone', message)];
}

/** IANA names only: an offset such as +01:00 knows no summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function mappingDoubts(
  draft: IntegrationDefinition,
  { mapped }: SalesforceFindings,
  zenqms: ZenqmsFindings,
): IntegrationProblem[] {
  const targets = new Map((zenqms.fields ?? []).map((field) => [field.id, field]));
  return draft.fieldMappings.flatMap(({ salesforceField, zenqmsFieldId }, index) => {
    const [field, target] = [mapped[index], targets.get(zenqmsFieldId)];
    const doubt = field && target ? doubtOf(field, target) : null;
    if (!doubt || !target) return [];
    const message = `${salesforceField}: the ZenQMS field “${target.label}” ${doubt.message}.`;
    return [problem(`fieldMappings[${index}]`, doubt.code, message, { severity: 'warning' })];
  });
}

function canonical(draft: IntegrationDefinition, { describe, related }: SalesforceFindings): IntegrationDefinition {
  const filterFormula = hasFormula(draft) ? draft.filterFormula : null;
  if (!describe) return { ...draft, filterFormula };
  const spelt = (name: string): string => lookUpPath(describe, related, name)?.path ?? name;
  const { title, dueDate } = draft;
  return {
    ...draft,
    filterFormula,
    object: describe.name,
    title: title && { ...title, field: spelt(title.field) },
    dueDate: dueDate.from === 'field' ? { ...dueDate, field: spelt(dueDate.field) } : dueDate,
    fieldMappings: draft.fieldMappings.map((mapping) => ({ ...mapping, salesforceField: spelt(mapping.salesforceField) })),
  };
}
