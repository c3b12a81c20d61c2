/** The execution log: what became of each event, and another try where it went wrong. */
import { EXECUTION_KEY, type ExecutionDetail as Detail, findExecution, searchExecutions } from '../../log/search.ts';
import { audit } from '../audit.ts';
import { pageRequest, presentPage } from '../cursor.ts';
import { conflict, notFound } from '../errors.ts';
import { existingIntegration } from '../existing.ts';
import { type Route, route } from '../route.ts';
import { IdParam, listOf } from '../schemas/common.ts';
import {
  BulkRetryRequest,
  Execution,
  ExecutionDetail,
  ExecutionQuery,
  Retried,
  RetriedExecution,
  RetryRequest,
} from '../schemas/log.ts';
import type { ApiServices } from '../services.ts';

const tag = 'Execution log';
const LIST = 'executions';

export const executionRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/executions',
    name: 'listExecutions',
    tag,
    summary: 'One row for each event and integration, newest received first',
    role: 'viewer',
    query: ExecutionQuery,
    status: 200,
    answer: listOf(Execution),
    handle: async ({ services, query }) =>
      presentPage(LIST, await searchExecutions(services.db, query, pageRequest(LIST, query, EXECUTION_KEY))),
  }),
  route({
    method: 'post',
    path: '/executions/retry',
    name: 'retryExecutions',
    tag,
    summary: 'Another try for every error of an integration',
    role: 'operator',
    body: BulkRetryRequest,
    status: 200,
    answer: Retried,
    errors: [404],
    handle: async ({ services, caller, body }) => {
      const integration = await existingIntegration(services, body.integrationId);
      return services.db.transaction().execute(async (trx) => {
        const retried = await services.work.retryErrors(trx, integration.id, body.since ?? null);
        await audit(trx, caller, {
          action: 'execution.bulk_retry',
          subjectType: 'integration',
          subjectId: integration.id,
          after: { retried, since: body.since?.toISOString() ?? null },
        });
        return { retried };
      });
    },
  }),
  route({
    method: 'get',
    path: '/executions/{id}',
    name: 'getExecution',
    tag,
    summary: 'A row with the steps of its decision and every attempt',
    role: 'viewer',
    params: IdParam,
    status: 200,
    answer: ExecutionDetail,
    errors: [404],
    handle: ({ services, params }) => existing(services, params.id),
  }),
  route({
    method: 'post',
    path: '/executions/{id}/retry',
    name: 'retryExecution',
    tag,
    summary: 'Another try; with force another Issue, even though one is known',
    role: 'operator',
    params: IdParam,
    body: RetryRequest,
    bodyOptional: true,
    status: 200,
    answer: RetriedExecution,
    errors: [404, 409],
    handle: async ({ services, caller, params, body }) => {
      const row = await existing(services, params.id);
      const retry = await services.db.transaction().execute(async (trx) => {
        const answer = await services.work.retryExecution(trx, row.id, { force: body.force });
        if (answer === 'retrying' || answer === 'already_waiting') {
          const after = { integrationId: row.integrationId, recordId: row.recordId, force: body.force };
          await audit(trx, caller, { action: 'execution.retry', subjectType: 'execution', subjectId: row.id, after });
        }
        return answer;
      });
      switch (retry) {
        case 'retrying':
        case 'already_waiting':
          return { ...row, retry };
        case 'not_found':
          throw notFound('The execution');
        case 'event_gone':
          throw conflict(
            'event_gone',
            'What Salesforce sent is no longer kept, so that it can not be tried again. Use a catch-up instead.',
          );
        case 'already_created':
          throw conflict('already_created', 'Its Issue was created. Retry with force to make another.');
        default:
          return retry satisfies never;
      }
    },
  }),
];

async function existing(services: ApiServices, id: string): Promise<Detail> {
  const row = /^\d{1,18}$/.test(id) ? await findExecution(services.db, id) : null;
  if (!row) throw notFound('The execution');
  return row;
}
