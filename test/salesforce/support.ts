/** A session with a stand-in org, and waiting for facts. */
import type { SalesforceCredentials } from '../../relay/model/connection.ts';
import { type Log, type Session, type SessionOptions, openSession } from '../../relay/salesforce/session.ts';
import type { Tokens } from '../../relay/salesforce/oauth.ts';
import type { Salesforce } from '../standins/salesforce/server.ts';

export const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Hands over the tokens of a user who has just authorised. */
export function credentialsOf(salesforce: Salesforce, changes: Partial<SalesforceCredentials> = {}): SalesforceCredentials {
  const { accessToken, refreshToken } = salesforce.org.sessions.issue('api refresh_token', true);
  return {
    connectionId: 'sf-1',
    loginUrl: salesforce.url,
    clientId: salesforce.app.clientId,
    clientSecret: salesforce.app.clientSecret,
    refreshToken: refreshToken ?? '',
    accessToken,
    instanceUrl: salesforce.url,
    ...changes,
  };
}

export interface Opened {
  readonly session: Session;
  /** Every token that was stored, in order. */
  readonly saved: Tokens[];
}

export function sessionOf(salesforce: Salesforce, changes: Partial<SessionOptions> = {}): Opened {
  const saved: Tokens[] = [];
  const session = openSession({
    credentials: credentialsOf(salesforce),
    timeoutMs: 5_000,
    checkHost: () => undefined,
    saveTokens: async (tokens) => void saved.push(tokens),
    log: silent,
    ...changes,
  });
  return { session, saved };
}

/** @throws when the fact does not come true in time */
export async function until(fact: () => boolean | Promise<boolean>, what: string, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await fact())) {
    if (Date.now() > deadline) throw new Error(`It did not come true within ${withinMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** What a promise failed with; throws when it did not fail. */
export async function failure(
  promise: Promise<unknown>,
): Promise<Error & { kind?: string; code?: string; retryAfterMs?: number | null }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It should have failed.');
}
