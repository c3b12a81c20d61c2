/**
 * What jsforce sends its requests through. Its own transport follows redirects, reads proxies from the environment, retries by
 * itself, waits 30 minutes and reads answers of any size; this one does none of that.
 */
import type { HttpRequest } from 'jsforce';
import { PassThrough } from 'node:stream';
import type { Dispatcher } from 'undici';
import { SalesforceError } from '../model/salesforce.ts';
import { restError, restFaults } from './errors.ts';
import type { HttpAnswer, Send } from './http.ts';

/** As jsforce's HttpApi takes it. */
export interface GuardedTransport {
  httpRequest(request: HttpRequest): Promise<{ statusCode: number; headers: Record<string, string>; body: string }> & {
    stream(): PassThrough;
  };
}

export interface TransportOptions {
  readonly send: Send;
  readonly timeoutMs: number;
  /** The org may have moved with a refresh: jsforce repeats a request at the address it had before. */
  readonly instanceUrl: () => string;
  readonly userAgent: string;
  /** A token that was refused; jsforce refreshes and repeats. */
  readonly onRefused: (token: string) => void;
}

/** For one logical request: at most one refresh happens in its course, however often Salesforce says 401. */
export function transportFor(options: TransportOptions): GuardedTransport {
  let refusedBefore: string | null = null;
  const exchange = async (request: HttpRequest): Promise<HttpAnswer> => {
    const asked = new URL(request.url);
    const answer = await options.send({
      method: request.method as Dispatcher.HttpMethod,
      url: new URL(asked.pathname + asked.search, options.instanceUrl()).href,
      headers: { ...withoutLength(request.headers), 'user-agent': options.userAgent },
      ...(typeof request.body === 'string' ? { body: request.body } : {}),
      timeoutMs: options.timeoutMs,
    });
    if (answer.status === 401) {
      const token = bearer(request.headers);
      // jsforce would refresh without end where a fresh token is refused too (seen: 227 times in 2 s).
      if (refusedBefore !== null) throw refusedAgain(answer, refusedBefore === token);
      refusedBefore = token;
      options.onRefused(token);
    } else if (answer.status >= 400) {
      throw restError(answer);
    }
    return answer;
  };
  return {
    httpRequest(request) {
      const answer = exchange(request).then(({ status, headers, body }) => ({ statusCode: status, headers, body }));
      // jsforce asks each answer for its stream; nobody here reads one.
      return Object.assign(answer, { stream: () => new PassThrough() });
    },
  };
}

/** The same token again: a refresh had just failed for somebody else, and jsforce took its end for a success. */
function refusedAgain(answer: HttpAnswer, sameToken: boolean): SalesforceError {
  const said = restFaults(answer)[0]?.message ?? '';
  return sameToken
    ? new SalesforceError('retry', SAME_TOKEN, `Salesforce refused the session: ${said}`)
    : new SalesforceError('retry', 'SESSION_REFUSED', `Salesforce gave a new session and refused it at once: ${said}`, {
        retryAfterMs: 60_000,
      });
}

export const SAME_TOKEN = 'SAME_TOKEN_REFUSED';

const bearer = (headers: HttpRequest['headers']): string => (headers?.['Authorization'] ?? '').replace(/^\w+ /, '');

/** undici counts for itself, and refuses two. */
function withoutLength(headers: HttpRequest['headers'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length'));
}
