/** Integrations: written, looked at before they are written, and taken away. */
import {
  type StoredIntegration,
  createIntegration,
  deleteIntegration,
  findIntegration,
  listIntegrations,
  markActive,
  revisions,
  updateIntegration,
} from '../../integrations/store.ts';
import { audit } from '../audit.ts';
import { ID_KEY, pageRequest, presentPage } from '../cursor.ts';
import { ApiError, conflict, notFound, wrong } from '../errors.ts';
import { existingIntegration } from '../existing.ts';
import { definitionOf, presentDefinition, presentIntegration, requireValid } from '../present-integration.ts';
import { type Route, route } from '../route.ts';
import { IdParam, ListQuery, listOf } from '../schemas/common.ts';
import {
  DraftIntegration,
  Integration,
  NewIntegration,
  Preview,
  PreviewRequest,
  Revision,
  SavedIntegration,
  Validation,
} from '../schemas/integrations.ts';
import type { ApiServices } from '../services.ts';

const tag = 'Integrations';
const LIST = 'integrations';
const one = '/integrations/{id}';

export const integrationRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/integrations',
    name: 'createIntegration',
    tag,
    summary: 'Create one; with status active in the answer, every change committed from then on counts',
    role: 'admin',
    body: NewIntegration,
    status: 201,
    answer: Integration,
    errors: [409, 422],
    handle: async ({ services, caller, body }) => {
      const { definition, standing: problems } = await requireValid(services, definitionOf(body));
      const created = await services.db.transaction().execute(async (trx) => {
        const status = body.status === 'paused' ? 'paused' : 'starting';
        const stored = await createIntegration(trx, definition, { status, problems, by: caller, now: services.now() });
        await audit(trx, caller, subject(stored, 'created', { after: presentDefinition(stored) }));
        return stored;
      });
      return presentIntegration(created.status === 'paused' ? created : await started(services, created));
    },
  }),
  route({
    method: 'get',
    path: '/integrations',
    name: 'listIntegrations',
    tag,
    summary: 'The integrations, oldest first',
    role: 'viewer',
    query: ListQuery,
    status: 200,
    answer: listOf(Integration),
    handle: async ({ services, query }) => {
      const page = await listIntegrations(services.db, pageRequest(LIST, query, ID_KEY));
      return presentPage(LIST, { data: page.data.map(presentIntegration), next: page.next });
    },
  }),
  route({
    method: 'post',
    path: '/integrations/validate',
    name: 'validateIntegration',
    tag,
    summary: 'Every problem of a draft at once, with its path',
    role: 'admin',
    body: DraftIntegration,
    status: 200,
    answer: Validation,
    handle: async ({ services, body }) => {
      const { problems } = await services.validate(definitionOf(body));
      return { valid: !problems.some((problem) => problem.severity === 'error'), problems };
    },
  }),
  route({
    method: 'post',
    path: '/integrations/preview',
    name: 'previewIntegration',
    tag,
    summary: 'What a draft would do with a record; creates nothing',
    role: 'admin',
    body: PreviewRequest,
    status: 200,
    answer: Preview,
    errors: [404, 409, 422],
    handle: async ({ services, body }) => {
      const { definition: integration } = await requireValid(services, definitionOf(body.integration));
      const { decision, issue, duplicateOf } = await services.preview({
        integration,
        recordId: body.recordId,
        changeType: body.changeType ? (body.changeType.toUpperCase() as 'CREATE' | 'UPDATE') : null,
        changedFields: body.changedFields ?? null,
      });
      return { decision, issue, duplicateOf };
    },
  }),
  route({
    method: 'get',
    path: one,
    name: 'getIntegration',
    tag,
    summary: 'One integration',
    role: 'viewer',
    params: IdParam,
    status: 200,
    answer: Integration,
    errors: [404],
    handle: async ({ services, params }) => presentIntegration(await existingIntegration(services, params.id)),
  }),
  route({
    method: 'put',
    path: one,
    name: 'updateIntegration',
    tag,
    summary: 'Save a changed one, with the revision that was read',
    role: 'admin',
    params: IdParam,
    body: SavedIntegration,
    status: 200,
    answer: Integration,
    errors: [404, 409, 422],
    handle: async ({ services, caller, params, body }) => {
      const current = await existingIntegration(services, params.id);
      if (current.revision !== body.revision) throw savedFirst(current.revision);
      if (body.status !== undefined && (body.status === 'paused') !== (current.status === 'paused')) {
        const message = 'is not changed by saving: use pause and resume';
        throw wrong('status_not_saved', 'The status is not changed by saving.', [{ path: 'status', message }]);
      }
      const { definition, standing: problems } = await requireValid(services, definitionOf(body));
      const saved = await services.db.transaction().execute(async (trx) => {
        const result = await updateIntegration(trx, params.id, definition, {
          revision: body.revision,
          problems,
          by: caller,
          now: services.now(),
        });
        if (result.kind === 'not_found') throw notFound('The integration');
        if (result.kind === 'changed') throw savedFirst(result.revision);
        const change = { before: presentDefinition(result.before), after: presentDefinition(result.after) };
        await audit(trx, caller, subject(result.after, 'updated', change));
        return result;
      });
      const { before, after } = saved;
      if (before.salesforceConnectionId !== after.salesforceConnectionId) await changed(services, before.salesforceConnectionId);
      return presentIntegration(after.status === 'paused' ? after : await started(services, after));
    },
  }),
  route({
    method: 'delete',
    path: one,
    name: 'deleteIntegration',
    tag,
    summary: 'Take one away; its log and its claims stay',
    role: 'admin',
    params: IdParam,
    status: 204,
    answer: null,
    errors: [404],
    handle: async ({ services, caller, params }) => {
      const { salesforceConnectionId } = await existingIntegration(services, params.id);
      await services.db.transaction().execute(async (trx) => {
        await services.work.endDeleted(trx, params.id);
        const gone = await deleteIntegration(trx, params.id);
        if (!gone) throw notFound('The integration');
        await audit(trx, caller, subject(gone, 'deleted', { before: presentDefinition(gone) }));
      });
      await changed(services, salesforceConnectionId);
      return undefined;
    },
  }),
  route({
    method: 'get',
    path: `${one}/revisions`,
    name: 'listRevisions',
    tag,
    summary: 'Who saved what, when; newest first',
    role: 'viewer',
    params: IdParam,
    query: ListQuery,
    status: 200,
    answer: listOf(Revision),
    errors: [404],
    handle: async ({ services, params, query }) => {
      await existingIntegration(services, params.id);
      const page = await revisions(services.db, params.id, pageRequest('revisions', query, /^\d{1,9}$/));
      const data = page.data.map((revision) => ({ ...revision, definition: presentDefinition(revision.definition) }));
      return presentPage('revisions', { data, next: page.next });
    },
  }),
];

const savedFirst = (revision: number): ApiError =>
  conflict(
    'revision_conflict',
    `Somebody saved first: the integration is at revision ${revision}. Load it again, and save your change anew.`,
  );

/** Waits for its stream. A stream that can't be had now is retried by itself; the answer says `starting`. */
export async function started(services: ApiServices, integration: StoredIntegration): Promise<StoredIntegration> {
  const state = await changed(services, integration.salesforceConnectionId);
  if (state === 'active') await markActive(services.db, integration.id);
  return (await findIntegration(services.db, integration.id)) ?? integration;
}

/** What was saved stays saved, whatever the stream says to it. */
export async function changed(services: ApiServices, connectionId: string): Promise<'active' | 'starting'> {
  try {
    return await services.integrationsChanged(connectionId);
  } catch (error) {
    services.log.warn({ err: error, connection: connectionId }, 'the stream could not follow a change of its integrations');
    return 'starting';
  }
}

export const subject = (
  integration: { readonly id: string },
  action: string,
  change: { before?: object; after?: object; message?: string },
): Parameters<typeof audit>[2] => ({
  action: `integration.${action}`,
  subjectType: 'integration',
  subjectId: integration.id,
  ...change,
});
