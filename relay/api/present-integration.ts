/** An integration as the API shows it, and a draft as the rest of the relay wants it. */
import type { z } from 'zod';
import type { StoredIntegration } from '../integrations/store.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import { ApiError, type ErrorDetail, wrong } from './errors.ts';
import type { DraftIntegration, Integration, ShownDefinition } from './schemas/integrations.ts';
import type { ApiServices, IntegrationProblem, Validated } from './services.ts';

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

/** @returns what is to be stored @throws ApiError 422 with every problem in its details; 503 when nobody could be asked */
export async function requireValid(services: ApiServices, draft: IntegrationDefinition): Promise<Validated> {
  const found = await services.validate(draft);
  const errors = found.problems.filter((problem) => problem.severity === 'error');
  if (errors.length === 0) return found;
  const details = found.problems.map(toDetail);
  const unavailable = errors.find((problem) => UNAVAILABLE.has(problem.code));
  if (unavailable) throw new ApiError(503, unavailable.code, unavailable.message, { details, retryAfterSeconds: 30 });
  const message = `The integration can't be saved as it is: ${errors.length === 1 ? '1 thing' : `${errors.length} things`} must be changed.`;
  throw wrong('invalid_integration', message, details);
}

/** Nobody could be asked: that is no fault of the draft. */
const UNAVAILABLE: ReadonlySet<string> = new Set(['salesforce_unavailable', 'zenqms_unavailable']);

const toDetail = (problem: IntegrationProblem): ErrorDetail => ({ ...problem });
