/** One session for each Salesforce connection, made when first needed and anew when a person changes or authorises it. */
import { SalesforceError } from '../model/salesforce.ts';
import type { SalesforceCredentials } from '../model/connection.ts';
import { type Tokens } from '../salesforce/oauth.ts';
import { type Session, openSession } from '../salesforce/session.ts';
import type { Log } from './log.ts';

export interface Sessions {
  /** @throws SalesforceError `reauthorize` where nobody has authorised yet */
  get(connectionId: string): Promise<Session>;
  /** What is known of the connection is stale. */
  forget(connectionId: string): Promise<void>;
  close(): Promise<void>;
}

export interface SessionsOptions {
  readonly credentials: (connectionId: string) => Promise<SalesforceCredentials | null>;
  readonly saveTokens: (connectionId: string, tokens: Tokens) => Promise<void>;
  readonly checkHost: (url: string) => void;
  /** One relay's turn to refresh a connection at a time: a refresh token that rotates is good for one of them only. */
  readonly beginRefresh: (connectionId: string) => Promise<boolean>;
  readonly giveUpRefresh: (connectionId: string) => Promise<void>;
  /** A call was made; with the org's daily limit as it last told. */
  readonly counted: (connectionId: string, limit: number | null) => void;
  readonly timeoutMs: number;
  readonly log: Log;
}

export function sessions(options: SessionsOptions): Sessions {
  const known = new Map<string, Promise<Session>>();
  const open = async (connectionId: string): Promise<Session> => {
    const credentials = await options.credentials(connectionId);
    if (!credentials) {
      throw new SalesforceError(
        'reauthorize',
        'not_authorized',
        'Nobody has authorised this Salesforce connection yet, or it is gone.',
      );
    }
    const session = openSession({
      credentials,
      timeoutMs: options.timeoutMs,
      checkHost: options.checkHost,
      saveTokens: (tokens) => options.saveTokens(connectionId, tokens),
      reload: () => options.credentials(connectionId),
      beginRefresh: () => options.beginRefresh(connectionId),
      giveUpRefresh: () => options.giveUpRefresh(connectionId),
      log: options.log,
    });
    return {
      ...session,
      request: (request) => {
        options.counted(connectionId, session.apiUsage()?.limit ?? null);
        return session.request(request);
      },
    };
  };
  const forget = async (connectionId: string): Promise<void> => {
    const old = known.get(connectionId);
    known.delete(connectionId);
    await old?.then((session) => session.close()).catch(() => undefined);
  };
  return {
    get: (connectionId) => {
      const there = known.get(connectionId);
      if (there) return there;
      const fresh = open(connectionId);
      known.set(connectionId, fresh);
      fresh.catch(() => known.get(connectionId) === fresh && known.delete(connectionId));
      return fresh;
    },
    forget,
    close: async () => {
      await Promise.all([...known.keys()].map(forget));
    },
  };
}
