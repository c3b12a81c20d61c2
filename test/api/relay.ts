/** The API over HTTP on a real, migrated database; both sides are fakes, the stores and the work in hand are the relay's own. */
import { randomBytes } from 'node:crypto';
import { buildApp } from '../../relay/api/app.ts';
import { type Listening, serve } from '../../relay/api/serve.ts';
import type { ApiServices } from '../../relay/api/services.ts';
import { hostRule } from '../../relay/connections/hosts.ts';
import { salesforceConnection } from '../../relay/connections/salesforce-connections.ts';
import { type Keyring, keyring } from '../../relay/connections/secrets.ts';
import { type Role, createToken } from '../../relay/connections/tokens.ts';
import { zenqmsConnection } from '../../relay/connections/zenqms-connections.ts';
import type { Database } from '../../relay/db/connect.ts';
import { newId } from '../../relay/db/id.ts';
import * as again from '../../relay/inbox/again.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { checkAnswer, endpointOf } from './contract.ts';
import {
  GOOD_TOKEN,
  OTHER_ACCOUNT_TOKEN,
  SECOND_TOKEN,
  USERS,
  type World,
  newWorld,
  oauthOf,
  problemsIn,
  salesforceOf,
  zenqmsOf,
} from './fakes.ts';

export const ADMIN_TOKEN = 'admin-token-for-tests-0123456789';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is JSON. */
  readonly body: any;
}

export interface CallOptions {
  /** undefined: the admin's; null: none. */
  readonly token?: string | null;
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

export interface ApiUnderTest {
  readonly url: string;
  readonly database: Database;
  readonly services: ApiServices;
  readonly keys: Keyring;
  readonly world: World;
  readonly logged: { level: string; message: string; fields: object }[];
  clock: Date;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  tokenFor(role: Role): Promise<string>;
  /** Empties the database and forgets what happened. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function apiUnderTest(
  change: (services: ApiServices) => ApiServices = (services) => services,
  options: { database?: Database; key?: Buffer; answered?: (answer: Answer) => void } = {},
): Promise<ApiUnderTest> {
  const opened = options.database ?? (await testDatabase());
  let closing: Promise<void> | null = null;
  /** Some tests take the database away before the end. */
  const database: Database = { ...opened, close: () => (closing ??= opened.close()) };
  const { db } = database;
  const keys = keyring([{ id: 'k1', bytes: options.key ?? randomBytes(32) }]);
  let world = newWorld();
  const logged: ApiUnderTest['logged'] = [];
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, message, fields });
  let listening: Listening | null = null;
  const checkHost = hostRule([{ host: '127.0.0.1', port: '4999' }]);
  const current = new Proxy({} as World, { get: (_target, name) => world[name as keyof World] });

  const under: ApiUnderTest = {
    get url() {
      return listening?.url ?? '';
    },
    database,
    services: change({
      db,
      keyring: keys,
      checkHost,
      publicUrl: () => listening?.url ?? '',
      now: () => under.clock,
      log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      salesforce: salesforceOf(current),
      zenqms: zenqmsOf(current),
      oauth: oauthOf(current),
      tryZenqms: async ({ baseUrl, apiToken }) => {
        checkHost(baseUrl);
        if (apiToken === GOOD_TOKEN || apiToken === SECOND_TOKEN) return { ok: true, users: USERS };
        if (apiToken === OTHER_ACCOUNT_TOKEN) return { ok: true, users: [{ ...USERS[0], id: 'other-user' }] };
        return { ok: false, path: 'apiToken', code: 'missing_scope_users', message: 'The token lacks the scope to read Users.' };
      },
      validate: async (draft) => {
        const definition = draft.object === 'case' ? { ...draft, object: 'Case' } : draft;
        const problems = problemsIn(definition, {
          salesforce: (await salesforceConnection(db, definition.salesforceConnectionId)) !== null,
          zenqms: (await zenqmsConnection(db, definition.zenqmsConnectionId)) !== null,
        });
        const standing = problems.map(({ code, path, message }) => ({ code, path, message, remedy: 'Map it.', blocking: false }));
        return { problems, definition, standing };
      },
      preview: async ({ integration, recordId }) => ({
        decision: {
          outcome: 'deliver',
          reason: 'created',
          message: 'It would be sent.',
          steps: [{ step: 'trigger', passed: true, message: 'It is new.' }],
        },
        issue: {
          categoryId: integration.categoryId,
          title: 'Pump stops',
          dueDate: '2026-04-01',
          assigneeId: integration.assigneeId,
          firstStageAssigneeId: integration.assigneeId,
          externalId: recordId,
          customFields: [{ fieldId: 'field-priority', value: 'High' }],
        },
        duplicateOf: null,
      }),
      preflight: async (_id, { object, fields }) => ({
        ok: object === 'Case',
        checks: [
          {
            name: 'object',
            status: object === 'Case' ? 'pass' : 'fail',
            message: object,
            remedy: object === 'Case' ? null : 'Grant it.',
          },
          ...fields.map((name) => ({
            name: `field ${name}`,
            status: 'pass' as const,
            message: `${name} is readable`,
            remedy: null,
          })),
        ],
      }),
      formulaFunctions: [
        { name: 'ISNEW', category: 'logical', signature: 'ISNEW()', description: 'Whether it is new', supported: true },
        {
          name: 'VLOOKUP',
          category: 'advanced',
          signature: 'VLOOKUP(…)',
          description: 'Looks up',
          supported: 'It reads other records.',
        },
      ],
      streamState: async () => ({
        state: 'streaming',
        problem: null,
        positionAge: 3,
        lastMessageAt: new Date(),
        hoursUntilLoss: 72,
      }),
      integrationsChanged: async (connectionId) => {
        world.streamChanges.push(connectionId);
        if (world.fail.stream) throw world.fail.stream;
        return world.stream;
      },
      connectionChanged: async (kind, id) => void world.connectionChanges.push(`${kind} ${id}`),
      resumed: async (id, { from }) => void world.resumes.push({ id, from }),
      work: again,
      startCatchUp: async (integrationId, since) => {
        const id = newId();
        world.catchUps.push({ id: integrationId, since });
        await db
          .insertInto('catch_up')
          .values({ id, integration_id: integrationId, cause: 'asked', since, until: new Date() })
          .execute();
        return { id };
      },
      readiness: async () => ({ ready: true, database: 'up', streams: { wanted: 1, streaming: 1 }, backlog: 0 }),
      metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'relay_up 1\n' }),
    }),
    keys,
    get world() {
      return world;
    },
    logged,
    clock: new Date(),
    call: async (method, path, request = {}) => {
      const answer = await call(under.url, method, path, request);
      options.answered?.(answer);
      return answer;
    },
    tokenFor: async (role) => (await createToken(db, { name: role, role })).token,
    reset: async () => {
      await emptyTables(database);
      world = newWorld();
      logged.length = 0;
      under.clock = new Date();
    },
    close: async () => {
      await listening?.close(0);
      await database.close();
    },
  };
  listening = await serve(buildApp(under.services, { adminToken: ADMIN_TOKEN }), {
    host: '127.0.0.1',
    port: 0,
  });
  return under;
}

/** Calls, and holds what comes against the OpenAPI document. */
async function call(base: string, method: string, path: string, options: CallOptions): Promise<Answer> {
  const token = options.token === undefined ? ADMIN_TOKEN : options.token;
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(`${base}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: body as string }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const endpoint = endpointOf(method, new URL(`${base}${path}`).pathname);
  if (endpoint && method !== 'HEAD') checkAnswer(endpoint, response.status, type, text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: type.startsWith('application/json') && text !== '' ? JSON.parse(text) : null,
  };
}

/** A connected org and an account, through the API as a caller would. */
export async function seedConnections(api: ApiUnderTest): Promise<{ salesforce: string; zenqms: string }> {
  const created = await api.call('POST', '/api/v1/salesforce/connections', {
    body: { name: 'Org', loginUrl: 'https://login.salesforce.com', clientId: 'client-id', clientSecret: 'client-secret-0001' },
  });
  const state = new URL(created.body.authorizeUrl).searchParams.get('state') ?? '';
  const page = await api.call('GET', `/oauth/salesforce/callback?code=authorization-code-0001&state=${state}`, { token: null });
  if (page.status !== 200) throw new Error(`not connected: ${page.text}`);
  const zenqms = await api.call('POST', '/api/v1/zenqms/connections', {
    body: { name: 'Account', baseUrl: 'https://public-api.zenqms.com', apiToken: GOOD_TOKEN },
  });
  return { salesforce: created.body.id, zenqms: zenqms.body.id };
}

export const draft = (ids: { salesforce: string; zenqms: string }, changes: object = {}): Record<string, unknown> => ({
  name: 'Complaints from Cases',
  salesforceConnectionId: ids.salesforce,
  zenqmsConnectionId: ids.zenqms,
  object: 'Case',
  filterFormula: 'ISNEW()',
  categoryId: 'cat-complaint',
  assigneeId: 'user-1',
  title: { field: 'Subject' },
  dueDate: { from: 'today', daysToAdd: 30 },
  timeZone: 'Europe/Berlin',
  fieldMappings: [
    { salesforceField: 'Priority', zenqmsFieldId: 'field-priority' },
    { salesforceField: 'Subject', zenqmsFieldId: 'field-account' },
  ],
  ...changes,
});
