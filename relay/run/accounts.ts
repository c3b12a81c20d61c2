/** One ZenQMS connection in use: its client, its slots, its rest. Made when first needed, made anew when a person changes it. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { classify } from '../deliver/classify.ts';
import { type Limiter, adaptiveLimiter } from '../deliver/limiter.ts';
import { type Poster, poster } from '../deliver/post.ts';
import { type Failure, type IssueApi, type ZenqmsClient, zenqmsClient } from '../deliver/zenqms.ts';
import type { ZenqmsCredentials } from '../model/connection.ts';
import type { Holds } from './holds.ts';

export interface Account {
  readonly connectionId: string;
  readonly accountId: string;
  readonly client: ZenqmsClient;
  /** The client, with what it meets told to the holds. */
  readonly api: IssueApi;
  readonly limiter: Limiter;
  readonly poster: Poster;
  hold(failure: Failure): Promise<Date | null>;
}

export interface Accounts {
  /** @throws when the connection is gone */
  get(connectionId: string): Promise<Account>;
  all(): readonly Account[];
  close(): Promise<void>;
}

export interface AccountsOptions {
  readonly db: Db;
  readonly credentials: (connectionId: string) => Promise<ZenqmsCredentials>;
  readonly checkHost: (url: string) => void;
  readonly holds: Holds;
  readonly connections: number;
  readonly timeoutMs: number;
  readonly draining: () => boolean;
  readonly now: () => Date;
}

export function accounts(options: AccountsOptions): Accounts {
  const known = new Map<string, { version: string; account: Account; close: () => Promise<void> }>();
  const wide = new Map<string, boolean>();

  const make = async (connectionId: string, accountId: string): Promise<{ account: Account; close: () => Promise<void> }> => {
    const credentials = await options.credentials(connectionId);
    options.checkHost(credentials.baseUrl);
    const client = zenqmsClient({
      baseUrl: credentials.baseUrl,
      token: credentials.apiToken,
      timeoutMs: options.timeoutMs,
      connections: options.connections,
      pathPrefix: credentials.settings.pathPrefix,
      authHeader: credentials.settings.authHeader,
      authScheme: credentials.settings.authScheme,
    });
    const limiter = adaptiveLimiter(options.connections);
    const api = observed(client, () => options.holds.well(connectionId));
    const held = (): boolean => options.draining() || options.holds.until(connectionId) !== null;
    const account: Account = {
      connectionId,
      accountId,
      client,
      api,
      limiter,
      poster: poster({
        db: options.db,
        api,
        limiter,
        timeoutMs: options.timeoutMs,
        accountWide: () => wide.get(accountId) ?? false,
        held,
        monotonic: () => performance.now(),
        now: options.now,
      }),
      hold: (failure) => restAfter(options.holds, connectionId, failure),
    };
    return { account, close: () => client.close() };
  };

  return {
    get: async (connectionId) => {
      const { rows } = await sql<{ account_id: string; updated_at: Date; troubled: boolean; wide: boolean }>`
        select z.account_id, z.updated_at, z.problem is not null as troubled,
               exists (select 1 from integration i join zenqms_connection other on other.id = i.zenqms_connection_id
                        where other.account_id = z.account_id and i.definition->>'duplicateScope' = 'account') as wide
          from zenqms_connection z where z.id = ${connectionId}`.execute(options.db);
      const row = rows[0];
      if (!row) throw new Error(`ZenQMS connection ${connectionId} is gone`);
      wide.set(row.account_id, row.wide);
      if (row.troubled) options.holds.troubled(connectionId);
      const version = `${row.account_id} ${row.updated_at.toISOString()}`;
      const old = known.get(connectionId);
      if (old?.version === version) return old.account;
      const fresh = await make(connectionId, row.account_id);
      known.set(connectionId, { version, ...fresh });
      if (old) {
        options.holds.forget(connectionId);
        void old.close();
      }
      return fresh.account;
    },
    all: () => [...known.values()].map(({ account }) => account),
    close: async () => {
      await Promise.all([...known.values()].map(({ close }) => close()));
    },
  };
}

function observed(client: ZenqmsClient, well: () => void): IssueApi {
  const watch = <T extends { kind: 'ok' | 'failed' }>(call: Promise<T>): Promise<T> =>
    call.then((result) => {
      if (result.kind === 'ok') well();
      return result;
    });
  return {
    searchIssues: (ids) => watch(client.searchIssues(ids)),
    createIssue: (issue, key) => watch(client.createIssue(issue, key)),
    getIssue: (id) => watch(client.getIssue(id)),
  };
}

const HOLDS = {
  unauthorized: {
    status: 'unauthorized',
    remedy:
      'Make a new token in ZenQMS (Settings → Account → API Settings), see that it is active, and enter it in this connection.',
  },
  rate_limited: { status: null, remedy: 'Nothing to do: the relay waits as long as ZenQMS asks for.' },
  away: { status: 'unreachable', remedy: 'See whether ZenQMS can be reached from the relay; it goes on by itself when it can.' },
} as const;

async function restAfter(holds: Holds, connectionId: string, failure: Failure): Promise<Date | null> {
  const verdict = classify(failure);
  const why = (hold: (typeof HOLDS)[keyof typeof HOLDS]) => ({
    code: failure.code ?? failure.class,
    message: failure.message,
    ...hold,
  });
  switch (verdict.kind) {
    case 'hold':
      return holds.rest(connectionId, why(HOLDS[verdict.because]), verdict.atLeastMs);
    case 'retry':
      return failure.class === 'forbidden_scope' ? null : holds.shaky(connectionId, why(HOLDS.away));
    case 'exists':
    case 'refuse':
      return null;
    default:
      return verdict satisfies never;
  }
}
