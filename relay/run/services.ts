/** What the admin API asks of the rest of the relay, answered. */
import { sql } from 'kysely';
import type { ApiServices } from '../api/services.ts';
import { preflight } from '../checks/preflight.ts';
import { preview } from '../checks/preview.ts';
import { salesforceConnection } from '../connections/salesforce-connections.ts';
import { zenqmsClient } from '../deliver/zenqms.ts';
import { functions } from '../formula/index.ts';
import * as again from '../inbox/again.ts';
import { hasBaseline, requestCatchUp } from '../inbox/catch-ups.ts';
import type { Sides } from '../integrations/validate/index.ts';
import { problemsAtSave, validateIntegration } from '../integrations/validate/index.ts';
import { mapIssue } from '../map/map.ts';
import * as oauth from '../salesforce/oauth.ts';
import { explainOauthError } from '../salesforce/oauth-errors.ts';
import { openSession } from '../salesforce/session.ts';
import { salesforceCatalog } from '../salesforce/catalog.ts';
import type { Relay } from './relay.ts';
import { hoursUntilLoss } from './retention.ts';
import { resumedUnheard } from './unheard.ts';

/** How long the answer to a new integration waits for its stream. */
const STREAM_WAIT_MS = 10_000;

export function apiServices(relay: Relay): ApiServices {
  const { db, env, log, now } = relay;
  const sides: Sides = relay.sides;
  const endpoint = (app: { loginUrl: string; clientId: string; clientSecret: string }) => ({
    ...app,
    timeoutMs: env.salesforceTimeoutMs,
    checkHost: relay.checkOrigin,
  });
  return {
    db,
    keyring: relay.keyring,
    checkHost: relay.checkHost,
    publicUrl: relay.publicUrl,
    now,
    log,
    salesforce: relay.salesforce,
    zenqms: relay.zenqms,
    oauth: {
      authorizeUrl: (request) => oauth.authorizeUrl(request),
      exchange: async (app, grant) => {
        const tokens = await oauth.exchangeCode({ ...endpoint(app), ...grant });
        return { ...tokens, idUrl: tokens.identityUrl ?? '', scopes: tokens.scopes ?? [] };
      },
      identity: async (tokens) => {
        // A session of its own, thrown away after: nothing is stored before it is known whose tokens they are.
        const session = openSession({
          credentials: {
            connectionId: 'authorizing',
            loginUrl: tokens.instanceUrl,
            clientId: '',
            clientSecret: '',
            refreshToken: '',
            accessToken: tokens.accessToken,
            instanceUrl: tokens.instanceUrl,
          },
          timeoutMs: env.salesforceTimeoutMs,
          checkHost: relay.checkOrigin,
          saveTokens: async () => undefined,
          identityUrl: tokens.identityUrl,
          log,
        });
        try {
          const { user, ...org } = await salesforceCatalog({ session: async () => session }).org('authorizing');
          return { org, user: { id: user.id, username: user.username } };
        } finally {
          await session.close();
        }
      },
      revoke: async (app, refreshToken) => {
        await oauth.revoke(endpoint(app), refreshToken).catch(() => undefined);
      },
      explain: explainOauthError,
    },
    tryZenqms: async ({ baseUrl, apiToken, settings }) => {
      const client = zenqmsClient({
        baseUrl,
        token: apiToken,
        timeoutMs: env.zenqmsTimeoutMs,
        connections: 2,
        pathPrefix: settings.pathPrefix,
        authHeader: settings.authHeader,
        authScheme: settings.authScheme,
      });
      try {
        return await tried(client);
      } finally {
        await client.close();
      }
    },
    validate: async (draft) => {
      const { problems, definition, describe } = await validateIntegration(draft, sides);
      const username = (await salesforceConnection(db, draft.salesforceConnectionId))?.user?.username ?? null;
      const subject = { object: definition.object, label: describe?.label ?? definition.object, username };
      return { problems, definition, standing: problemsAtSave(problems, subject) };
    },
    preview: (request) =>
      preview(request, {
        sides,
        now,
        map: async ({ definition, describe, record, recordId, now: at }) =>
          mapIssue({ definition, describe, record, recordId, now: at, ...(await relay.mappingFacts(definition, describe)) }),
      }),
    preflight: (connectionId, { object, fields }) =>
      preflight({ salesforce: relay.salesforce, salesforceConnectionId: connectionId, object, fields }),
    formulaFunctions: functions,
    streamState: (connectionId) => streamState(relay, connectionId),
    integrationsChanged: async (connectionId) => {
      await askForBaselines(relay, connectionId).catch((error: unknown) =>
        log.warn({ err: error }, 'a baseline could not be asked for'),
      );
      return (await relay.streams.changed(connectionId, STREAM_WAIT_MS)) ? 'active' : 'starting';
    },
    connectionChanged: async (kind, connectionId) => {
      if (kind === 'zenqms') relay.zenqmsHolds.forget(connectionId);
      else {
        relay.salesforceHolds.forget(connectionId);
        await relay.sessions.forget(connectionId);
        await relay.streams.restart(connectionId);
      }
      await again.hasten(db, { kind, id: connectionId });
      relay.worker.kick();
    },
    resumed: async (integrationId, pause) => {
      if (await resumedUnheard(db, integrationId, pause)) relay.sweeper.kick();
      relay.worker.kick();
    },
    work: {
      ...again,
      retryExecution: async (trx, id, options) => {
        relay.preparer.expectMended();
        const answer = await again.retryExecution(trx, id, options);
        setImmediate(relay.worker.kick);
        return answer;
      },
      retryErrors: async (trx, id, since) => {
        relay.preparer.expectMended();
        const count = await again.retryErrors(trx, id, since);
        setImmediate(relay.worker.kick);
        return count;
      },
      unpark: async (trx, id) => {
        const count = await again.unpark(trx, id);
        setImmediate(relay.worker.kick);
        return count;
      },
      releaseHeld: async (trx, id) => {
        const count = await again.releaseHeld(trx, id);
        setImmediate(relay.worker.kick);
        return count;
      },
    },
    startCatchUp: async (integrationId, since) => {
      const id = await requestCatchUp(db, { integrationId, cause: 'asked', since, until: now() });
      relay.sweeper.kick();
      return { id };
    },
    readiness: () => readiness(relay),
    metrics: async () => ({ contentType: relay.metrics.registry.contentType, body: await relay.metrics.render() }),
  };
}

/** Formulas with PRIORVALUE need to know what is there before the first change. */
async function askForBaselines(relay: Relay, connectionId: string): Promise<void> {
  await relay.preparer.warm(connectionId);
  const now = relay.now();
  const rows = await relay.db
    .selectFrom('integration')
    .select('id')
    .where('salesforce_connection_id', '=', connectionId)
    .where('status', 'in', ['active', 'starting'])
    .execute();
  for (const { id } of rows) {
    if (relay.preparer.priorPaths(id).length === 0 || (await hasBaseline(relay.db, id))) continue;
    await requestCatchUp(relay.db, { integrationId: id, cause: 'baseline', since: now, until: now });
    relay.sweeper.kick();
  }
}

async function tried(client: ReturnType<typeof zenqmsClient>): ReturnType<ApiServices['tryZenqms']> {
  const users = await client.searchUsers({}, 100);
  if (users.kind === 'failed') {
    const { failure } = users;
    const scope = failure.class === 'forbidden_scope';
    const path = failure.class === 'unauthorized' || scope ? 'apiToken' : 'baseUrl';
    return {
      ok: false,
      path,
      code: scope ? 'missing_scope_users' : failure.class,
      message: scope ? `The token lacks the scope to read Users: ${failure.message}` : failure.message,
    };
  }
  const categories = await client.listCategories();
  if (categories.kind === 'failed') {
    const { failure } = categories;
    const scope = failure.class === 'forbidden_scope';
    return {
      ok: false,
      path: 'apiToken',
      code: scope ? 'missing_scope_categories' : failure.class,
      message: scope ? NO_CATEGORY : failure.message,
    };
  }
  if (categories.value.length === 0)
    return { ok: false, path: 'apiToken', code: 'missing_scope_categories', message: NO_CATEGORY };
  return { ok: true, users: users.value };
}

const NO_CATEGORY = 'The token lacks the scope to write to an Issue category: give it read and write on at least one.';

async function streamState(relay: Relay, connectionId: string): ReturnType<ApiServices['streamState']> {
  const { rows } = await sql<{
    state: string;
    problem: unknown;
    last_message_at: Date | null;
    alive: boolean;
    age: number | null;
  }>`
    select s.state, s.problem, s.last_message_at, s.lease_until > clock_timestamp() as alive,
           (select extract(epoch from clock_timestamp() - max(coalesce(p.event_at, p.stored_at)))::float8
              from stream_position p where p.connection_id = s.connection_id) as age
      from stream s where s.connection_id = ${connectionId}`.execute(relay.db);
  const row = rows[0];
  if (!row) return { state: 'stopped', problem: null, positionAge: null, lastMessageAt: null, hoursUntilLoss: null };
  const age = row.age === null ? null : Math.max(0, Math.round(row.age));
  const streaming = row.alive && row.state === 'streaming';
  return {
    state: row.alive ? (row.state as 'streaming' | 'retrying' | 'stopped') : 'stopped',
    problem: row.problem as Awaited<ReturnType<ApiServices['streamState']>>['problem'],
    positionAge: age,
    lastMessageAt: row.last_message_at,
    hoursUntilLoss: hoursUntilLoss(streaming, age),
  };
}

async function readiness(relay: Relay): ReturnType<ApiServices['readiness']> {
  try {
    const { rows } = await sql<{ wanted: number; streaming: number; backlog: number }>`
      select (select count(distinct salesforce_connection_id)::int from integration where status in ('active', 'starting')) as wanted,
             (select count(*)::int from stream where state = 'streaming' and lease_until > clock_timestamp()) as streaming,
             (select count(*)::int from (select 1 from delivery where state = 'ready' and due_at <= clock_timestamp() limit 100000) as due) as backlog`.execute(
      relay.db,
    );
    const row = rows[0];
    const streams = { wanted: row?.wanted ?? 0, streaming: row?.streaming ?? 0 };
    return { ready: !relay.draining(), database: 'up', streams, backlog: row?.backlog ?? 0 };
  } catch {
    return { ready: false, database: 'down', streams: { wanted: 0, streaming: 0 }, backlog: null };
  }
}
