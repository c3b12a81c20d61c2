/**
 * Drift: whether what a saved integration refers to is still there. What broke is said with its remedy, and where an event would be
 * sent wrong or skipped wrongly it blocks: the events wait as errors that are retried together once it is mended.
 */
import {
  type IntegrationProblem,
  type Sides,
  type StandingProblem,
  type Subject,
  sameProblem,
  standing,
  validateIntegration,
} from '../integrations/validate/index.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import { SalesforceError } from '../model/salesforce.ts';
import type { Check } from './check.ts';
import { member, scopes, viewAll } from './preflight.ts';

export interface Drift {
  readonly problems: readonly StandingProblem[];
  /** Sides that couldn't be asked: their earlier problems stand. */
  readonly unasked: readonly ('salesforce' | 'zenqms')[];
}

type Side = 'salesforce' | 'zenqms' | 'both';

/**
 * @param before what stood at the last check or at save; null: never checked, so that a warning is as old as the integration
 */
export async function checkDrift(
  definition: IntegrationDefinition,
  sides: Sides,
  before: readonly StandingProblem[] | null,
): Promise<Drift> {
  const { problems, describe } = await validateIntegration(definition, sides, { refresh: true });
  const unasked = (['salesforce', 'zenqms'] as const).filter((side) => problems.some((found) => keepsFromAsking(found, side)));
  const subject: Subject = {
    object: describe?.name ?? definition.object,
    label: describe?.label ?? definition.object,
    username: null,
  };
  const found = problems
    .filter((one) => !PASSING.has(one.code))
    .map((one) => {
      const now = standing(one, subject, false);
      return { ...now, blocking: blocks(one, now, before) };
    });
  const kept = (before ?? []).filter((one) => {
    const side = sideOf(one);
    return (side === 'both' ? unasked.length > 0 : unasked.includes(side)) && !found.some((now) => sameProblem(now, one));
  });
  const stream = describe && !unasked.includes('salesforce') ? await streamProblems(definition, sides, subject) : [];
  return { problems: [...found, ...stream, ...kept], unasked };
}

/** A server that doesn't answer now is no drift; the deliveries have their own retries. */
const PASSING: ReadonlySet<string> = new Set(['salesforce_unavailable', 'zenqms_unavailable']);

const CONNECTION: ReadonlySet<string> = new Set([
  'salesforce_not_connected',
  'salesforce_refused',
  'unknown_salesforce_connection',
  'zenqms_unauthorized',
  'zenqms_scope_missing',
  'zenqms_refused',
  'unknown_zenqms_connection',
]);

function keepsFromAsking({ code, path }: IntegrationProblem, side: 'salesforce' | 'zenqms'): boolean {
  return path === `${side}ConnectionId` && (PASSING.has(code) || CONNECTION.has(code));
}

/**
 * Errors block, except those of a connection, whose events wait by themselves, and of the stream, whose events don't come.
 * A value that the formula names and that was there before blocks too: the formula would be false without anybody having meant it.
 */
function blocks(found: IntegrationProblem, now: StandingProblem, before: readonly StandingProblem[] | null): boolean {
  if (CONNECTION.has(found.code) || found.code === 'object_without_change_events') return false;
  if (found.severity === 'error') return true;
  if (!found.code.startsWith('formula_') || found.code === 'formula_never_true') return false;
  if (before === null) return false;
  return before.find((one) => sameProblem(one, now))?.blocking ?? true;
}

function sideOf({ path }: StandingProblem): Side {
  if (/^(category|assignee|zenqmsConnection)Id$/.test(path) || path === 'fieldMappings' || path.endsWith('.zenqmsFieldId'))
    return 'zenqms';
  return /^fieldMappings\[\d+\]$/.test(path) ? 'both' : 'salesforce';
}

/** What keeps events from coming at all, which is said and blocks nothing. */
async function streamProblems(definition: IntegrationDefinition, sides: Sides, subject: Subject): Promise<StandingProblem[]> {
  const { salesforce } = sides;
  const id = definition.salesforceConnectionId;
  try {
    const [{ user }, access, channel] = await Promise.all([
      salesforce.org(id),
      salesforce.access(id, subject.object),
      salesforce.channel(id),
    ]);
    const of = { ...subject, username: user.username };
    return [scopes(access), viewAll(access, of), member(channel, access, of)]
      .filter((check) => check.status === 'fail')
      .map(fromCheck);
  } catch (error) {
    if (error instanceof SalesforceError) return [];
    throw error;
  }
}

const fromCheck = ({ name, message, remedy }: Check): StandingProblem => ({
  code: name,
  path: 'salesforceConnectionId',
  message,
  remedy: remedy ?? '',
  blocking: false,
});
