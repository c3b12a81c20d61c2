/** A session with one org: REST through jsforce's Connection, with one refresh for all callers and an answer for every failure. */
import { Connection } from 'jsforce';
import { Agent } from 'undici';
import { z } from 'zod';
import { SalesforceError } from '../model/salesforce.ts';
import { sender } from './http.ts';
import { type RefreshOptions, tokenKeeper } from './refresh.ts';
import { SAME_TOKEN, transportFor } from './transport.ts';

/** The newest version that the relay was tested with. */
export const NEWEST_VERSION = '66.0';

export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface SessionOptions extends RefreshOptions {
  readonly userAgent?: string;
  readonly log: Log;
}

export interface SessionRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** From the version on (`/limits`), from the root (`/services/data/…`, as next-page links are), or whole; the host is always the org's. */
  readonly path: string;
  readonly body?: unknown;
  /** The path is one of the Tooling API. */
  readonly tooling?: boolean;
}

export interface Session {
  readonly connectionId: string;
  /** @throws SalesforceError; null where Salesforce answers without a body */
  request(request: SessionRequest): Promise<unknown>;
  /** The newest version that both the org and the relay know, such as `66.0`; asked once. */
  version(): Promise<string>;
  instanceUrl(): string;
  /** A token to begin a stream with; refreshes only where there is none. */
  accessToken(): Promise<string>;
  /** After `refused` was answered with 401: another one, by one refresh for all who ask. */
  refresh(refused: string): Promise<string>;
  /** As last told by Sforce-Limit-Info; null until an answer carried it. */
  apiUsage(): { readonly used: number; readonly limit: number } | null;
  scopes(): readonly string[] | null;
  identityUrl(): string | null;
  checkHost(url: string): void;
  readonly userAgent: string;
  readonly timeoutMs: number;
  /** Ends its sockets; requests under way fail. */
  close(): Promise<void>;
}

/** Nothing is sent before the first request. */
export function openSession(options: SessionOptions): Session {
  const { credentials, checkHost, timeoutMs, log } = options;
  const userAgent = options.userAgent ?? 'zenqms-for-salesforce';
  const agent = new Agent({ connections: 16 });
  const send = sender({ dispatcher: agent, checkHost });
  const keeper = tokenKeeper({
    ...options,
    saveTokens: (tokens) => {
      log.info({ connectionId: credentials.connectionId }, 'salesforce session refreshed');
      return options.saveTokens(tokens);
    },
  });
  let refused: string | null = null;
  let refreshFailure: unknown = null;
  let version: Promise<string> | null = null;

  const connection = new Connection({
    instanceUrl: credentials.instanceUrl,
    version: NEWEST_VERSION,
    ...(credentials.accessToken === null ? {} : { accessToken: credentials.accessToken }),
    refreshFn: (_, done) => {
      refreshFailure = null;
      refresh(refused).then(
        (token) => done(null, token),
        (error: Error) => {
          refreshFailure = error;
          done(error);
        },
      );
    },
  });

  const refresh = async (old: string | null): Promise<string> => {
    const token = await keeper.refresh(old);
    connection.accessToken = token;
    connection.instanceUrl = keeper.current().instanceUrl;
    return token;
  };

  const accessToken = async (): Promise<string> => keeper.current().accessToken ?? refresh(null);

  const call = async (request: Omit<SessionRequest, 'tooling'>): Promise<unknown> => {
    await accessToken();
    try {
      return await once(request);
    } catch (error) {
      if (!(error instanceof SalesforceError) || error.code !== SAME_TOKEN) throw error;
      await refresh(refused);
      return once(request);
    }
  };

  const once = async (request: Omit<SessionRequest, 'tooling'>): Promise<unknown> => {
    const transport = transportFor({
      send,
      timeoutMs,
      userAgent,
      instanceUrl: () => keeper.current().instanceUrl,
      onRefused: (token) => (refused = token),
    });
    try {
      const answer: unknown = await connection.request(
        {
          method: request.method,
          url: request.path,
          ...(request.body === undefined
            ? {}
            : { body: JSON.stringify(request.body), headers: { 'content-type': 'application/json' } }),
        },
        { transport, responseType: 'application/json', noContentResponse: null },
      );
      if (typeof answer === 'string')
        throw new SalesforceError('retry', 'NOT_JSON', 'Salesforce answered with something that is not JSON.');
      return answer ?? null;
    } catch (error) {
      throw ours(error, refreshFailure);
    }
  };

  const newestVersion = async (): Promise<string> => {
    const list = await call({ method: 'GET', path: '/services/data' }).catch((error: unknown) => {
      if (!(error instanceof SalesforceError) || error.kind !== 'refused') throw error;
      return call({ method: 'GET', path: '/services/data/' });
    });
    const parsed = z.array(z.object({ version: z.string().regex(/^\d+\.\d$/) })).safeParse(list);
    const known = (parsed.data ?? []).map((each) => Number(each.version)).filter((each) => each <= Number(NEWEST_VERSION));
    if (known.length === 0)
      throw new SalesforceError(
        'refused',
        'NO_API_VERSION',
        `The org does not offer API version ${NEWEST_VERSION} or an older one.`,
      );
    return Math.max(...known).toFixed(1);
  };

  const session: Session = {
    connectionId: credentials.connectionId,
    userAgent,
    timeoutMs,
    checkHost,
    version: () => {
      // A failure is not kept: the next caller asks again.
      version ??= newestVersion().then(
        (newest) => (connection.version = newest),
        (error: unknown) => {
          version = null;
          throw error;
        },
      );
      return version;
    },
    request: async ({ tooling, ...request }) => {
      await session.version();
      return call(tooling ? { ...request, path: `/tooling${request.path}` } : request);
    },
    instanceUrl: () => keeper.current().instanceUrl,
    accessToken,
    refresh,
    apiUsage: () => connection.limitInfo.apiUsage ?? null,
    scopes: () => keeper.current().scopes,
    identityUrl: () => keeper.current().identityUrl,
    close: () => agent.destroy(),
  };
  return session;
}

/** jsforce wraps the failure of a refresh into a sentence, and has an error class of its own for what the REST API says. */
function ours(error: unknown, refreshFailure: unknown): SalesforceError {
  if (error instanceof SalesforceError) return error;
  const { errorCode, message } = error as { errorCode?: unknown; message?: unknown };
  const said = typeof message === 'string' ? message.slice(0, 500) : 'The request failed.';
  if (refreshFailure instanceof SalesforceError && said.startsWith('Unable to refresh session')) return refreshFailure;
  return typeof errorCode === 'string'
    ? new SalesforceError('refused', errorCode, `Salesforce: ${said} (${errorCode})`, { cause: error })
    : new SalesforceError('retry', 'REQUEST_FAILED', said, { cause: error });
}
