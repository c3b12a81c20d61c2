/** Running integrations: pause, resume, catch up, what is held, how it goes. */
import { z } from 'zod';
import { type ResumeFrom, pauseIntegration, resumeIntegration } from '../../integrations/pauses.ts';
import { CATCH_UP_KEY, catchUps, latestCatchUp, reconciliations } from '../../integrations/reports.ts';
import { integrationState } from '../../integrations/status.ts';
import { audit } from '../audit.ts';
import { ID_KEY, pageRequest, presentPage } from '../cursor.ts';
import { notFound, wrong } from '../errors.ts';
import { existingIntegration } from '../existing.ts';
import { presentIntegration } from '../present-integration.ts';
import { type Route, route } from '../route.ts';
import { Id, IdParam, ListQuery, NoBody, listOf } from '../schemas/common.ts';
import { CatchUp, CatchUpRequest, Held, Integration, Reconciliation, ResumeRequest, Status } from '../schemas/integrations.ts';
import { Discarded, Released } from '../schemas/log.ts';
import { changed, started, subject } from './integrations.ts';

const tag = 'Operation';
const one = '/integrations/{id}';

export const operationRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: `${one}/pause`,
    name: 'pauseIntegration',
    tag,
    summary: 'From now on nothing is processed; pausing a paused one changes nothing',
    role: 'operator',
    params: IdParam,
    body: NoBody,
    bodyOptional: true,
    status: 200,
    answer: Integration,
    errors: [404],
    handle: async ({ services, caller, params }) => {
      await existingIntegration(services, params.id);
      const result = await services.db.transaction().execute(async (trx) => {
        const answer = await pauseIntegration(trx, params.id, services.now());
        if (answer.kind === 'not_found') throw notFound('The integration');
        if (answer.kind === 'done') {
          await services.work.park(trx, params.id);
          await audit(trx, caller, subject(answer.integration, 'paused', {}));
        }
        return answer;
      });
      if (result.kind === 'done') await changed(services, result.integration.salesforceConnectionId);
      return presentIntegration(result.integration);
    },
  }),
  route({
    method: 'post',
    path: `${one}/resume`,
    name: 'resumeIntegration',
    tag,
    summary: 'Go on: from now, or with what happened since the pause',
    role: 'operator',
    params: IdParam,
    body: ResumeRequest,
    bodyOptional: true,
    status: 200,
    answer: Integration,
    errors: [404],
    handle: async ({ services, caller, params, body }) => {
      await existingIntegration(services, params.id);
      const from: ResumeFrom = body.from;
      const resumedAt = services.now();
      const result = await services.db.transaction().execute(async (trx) => {
        const answer = await resumeIntegration(trx, params.id, from, resumedAt);
        if (answer.kind === 'not_found') throw notFound('The integration');
        if (answer.kind === 'done') {
          await services.work.unpark(trx, params.id);
          const since = answer.pausedAt.toISOString();
          const message = from === 'pause' ? `with what happened since ${since}` : `without what happened since ${since}`;
          await audit(trx, caller, subject(answer.integration, 'resumed', { after: { from, pausedAt: since }, message }));
        }
        return answer;
      });
      if (result.kind === 'already') return presentIntegration(result.integration);
      await services.resumed(params.id, { from, pausedAt: result.pausedAt, resumedAt });
      return presentIntegration(await started(services, result.integration));
    },
  }),
  route({
    method: 'get',
    path: `${one}/status`,
    name: 'getStatus',
    tag,
    summary: 'What waits, what came of the rest, what is broken and how to mend it',
    role: 'viewer',
    params: IdParam,
    status: 200,
    answer: Status,
    errors: [404],
    handle: async ({ services, params }) => {
      const state = ID_KEY.test(params.id) ? await integrationState(services.db, params.id) : null;
      if (!state) throw notFound('The integration');
      return state;
    },
  }),
  route({
    method: 'post',
    path: `${one}/catch-up`,
    name: 'startCatchUp',
    tag,
    summary: 'Find by query what changed since a time and was not processed',
    role: 'operator',
    params: IdParam,
    body: CatchUpRequest,
    status: 202,
    answer: z.object({ id: Id }).meta({ id: 'StartedCatchUp' }),
    errors: [404, 422],
    handle: async ({ services, caller, params, body }) => {
      const integration = await existingIntegration(services, params.id);
      if (body.since > services.now()) {
        throw wrong('since_in_future', 'since lies in the future.', [{ path: 'since', message: 'lies in the future' }]);
      }
      const { id } = await services.startCatchUp(params.id, body.since);
      const after = { catchUpId: id, since: body.since.toISOString() };
      await audit(services.db, caller, subject(integration, 'catch_up_started', { after }));
      return { id };
    },
  }),
  route({
    method: 'get',
    path: `${one}/catch-up`,
    name: 'getCatchUp',
    tag,
    summary: 'How far the latest catch-up that was asked for is',
    role: 'viewer',
    params: IdParam,
    status: 200,
    answer: CatchUp,
    errors: [404],
    handle: async ({ services, params }) => {
      await existingIntegration(services, params.id);
      const latest = await latestCatchUp(services.db, params.id);
      if (!latest) throw notFound('A catch-up of this integration');
      return latest;
    },
  }),
  route({
    method: 'get',
    path: `${one}/catch-ups`,
    name: 'listCatchUps',
    tag,
    summary: 'Every catch-up, whatever its cause; newest first',
    role: 'viewer',
    params: IdParam,
    query: ListQuery,
    status: 200,
    answer: listOf(CatchUp),
    errors: [404],
    handle: async ({ services, params, query }) => {
      await existingIntegration(services, params.id);
      return presentPage('catch-ups', await catchUps(services.db, params.id, pageRequest('catch-ups', query, CATCH_UP_KEY)));
    },
  }),
  route({
    method: 'get',
    path: `${one}/held`,
    name: 'getHeld',
    tag,
    summary: 'What a bulk load left waiting for approval',
    role: 'viewer',
    params: IdParam,
    status: 200,
    answer: Held,
    errors: [404],
    handle: async ({ services, params }) => {
      await existingIntegration(services, params.id);
      const { count, oldest, newest } = await services.work.held(services.db, params.id);
      return { count, oldestReceivedAt: oldest?.toISOString() ?? null, newestReceivedAt: newest?.toISOString() ?? null };
    },
  }),
  route({
    method: 'post',
    path: `${one}/held/release`,
    name: 'releaseHeld',
    tag,
    summary: 'Approve it: it is processed',
    role: 'operator',
    params: IdParam,
    body: NoBody,
    bodyOptional: true,
    status: 200,
    answer: Released,
    errors: [404],
    handle: async ({ services, caller, params }) => {
      const integration = await existingIntegration(services, params.id);
      return services.db.transaction().execute(async (trx) => {
        const released = await services.work.releaseHeld(trx, params.id);
        await audit(trx, caller, subject(integration, 'held_released', { after: { released } }));
        return { released };
      });
    },
  }),
  route({
    method: 'post',
    path: `${one}/held/discard`,
    name: 'discardHeld',
    tag,
    summary: 'Refuse it: each event is logged as skipped',
    role: 'operator',
    params: IdParam,
    body: NoBody,
    bodyOptional: true,
    status: 200,
    answer: Discarded,
    errors: [404],
    handle: async ({ services, caller, params }) => {
      const integration = await existingIntegration(services, params.id);
      return services.db.transaction().execute(async (trx) => {
        const discarded = await services.work.discardHeld(trx, params.id, caller.actingUser ?? caller.actor);
        await audit(trx, caller, subject(integration, 'held_discarded', { after: { discarded } }));
        return { discarded };
      });
    },
  }),
  route({
    method: 'get',
    path: `${one}/reconciliations`,
    name: 'listReconciliations',
    tag,
    summary: 'For each day: records that matched, Issues, explained exceptions, what is missing',
    role: 'viewer',
    params: IdParam,
    query: ListQuery,
    status: 200,
    answer: listOf(Reconciliation),
    errors: [404],
    handle: async ({ services, params, query }) => {
      await existingIntegration(services, params.id);
      const page = pageRequest('reconciliations', query, /^\d{4}-\d{2}-\d{2}$/);
      return presentPage('reconciliations', await reconciliations(services.db, params.id, page));
    },
  }),
];
