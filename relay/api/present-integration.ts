/** An integration as the API shows it, and a draft as the rest of the relay wants it. */
import type { z } from 'zod';
import type { StoredIntegration } from '../integrations/store.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import { ApiError, type ErrorDetail, wrong } from './errors.ts';
import type { DraftIntegration, Integration, ShownDefinition } from './schemas/integrations.ts';
import type { ApiServices, IntegrationProblem } from './services.ts';

export const presentDefinition = (definition: IntegrationDefinition): z.input<typeof ShownDefinition> => ({
  name: definition.name,
  salesforceConnectionId: definition.salesforceConnectionId,
  zenqmsConnectionId: definition.zenqmsConnectionId,
  object: definition.object,
  triggerOn: definition.triggerOn,
  filterFormula: definition.filterFormula,
  categoryId: definition.categoryId,
  assigneeId: definition.assigneeId,
  title: definition.title,
  dueDate: definition.dueDate,
  timeZone: definition.timeZone,
  duplicateScope: definition.duplicateScope,
  fieldMappings: definition.fieldMappings,
  bulkLimit: definition.bulkLimit,
});

export const presentIntegration = (stored: StoredIntegration): z.input<typeof Integration> => ({
  ...presentDefinition(stored),
  id: stored.id,
  revision: stored.revision,
  status: stored.status,
  activatedAt: stored.activatedAt,
  pausedAt: stored.pausedAt,
  createdAt: stored.createdAt,
  updatedAt: stored.updatedAt,
});

/** A formula of blanks is none. */
export function definitionOf(draft: z.output<typeof DraftIntegration>): IntegrationDefinition {
  const { filterFormula, ...rest } = draft;
  return {
    name: rest.name,
    salesforceConnectionId: rest.salesforceConnectionId,
    zenqmsConnectionId: rest.zenqmsConnectionId,
    object: rest.object,
    triggerOn: rest.triggerOn,
    filterFormula: filterFormula === null || filterFormula.trim() === '' ? null : filterFormula,
    categoryId: rest.categoryId,
    assigneeId: rest.assigneeId,
    title: rest.title,
    dueDate: rest.dueDate,
    timeZone: rest.timeZone,
    duplicateScope: rest.duplicateScope,
    fieldMappings: rest.fieldMappings,
    bulkLimit: rest.bulkLimit,
  };
}

/** Every problem, those of the time zone included, which the engine behind would only meet when an event comes. */
export async function problemsOf(
  services: ApiServices,
  definition: IntegrationDefinition,
): Promise<readonly IntegrationProblem[]> {
  const problems = await services.validate(definition);
  if (isTimeZone(definition.timeZone) || problems.some((problem) => problem.path === 'timeZone')) return problems;
  const message = `${definition.timeZone} is no time zone. Use a name such as Europe/Berlin or UTC.`;
  return [...problems, { path: 'timeZone', code: 'unknown_time_zone', message, severity: 'error' }];
}

/** @throws ApiError 422 with every problem in its details */
export async function requireValid(services: ApiServices, definition: IntegrationDefinition): Promise<void> {
  const problems = await problemsOf(services, definition);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length === 0) return;
  const unavailable = errors.find((problem) => UNAVAILABLE.has(problem.code));
  if (unavailable)
    throw new ApiError(503, unavailable.code, unavailable.message, { details: problems.map(toDetail), retryAfterSeconds: 30 });
  throw wrong(
    'invalid_integration',
    `The integration can't be saved: ${errors.length} of its settings must be changed.`,
    problems.map(toDetail),
  );
}

/** Nobody could be asked: that is no fault of the draft. */
const UNAVAILABLE: ReadonlySet<string> = new Set(['salesforce_unavailable', 'zenqms_unavailable']);

const toDetail = (problem: IntegrationProblem): ErrorDetail => ({ ...problem });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
