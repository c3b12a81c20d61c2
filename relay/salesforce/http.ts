/** One HTTP exchange with Salesforce: no redirect is followed, the answer is bounded in time and size, the host is checked at use. */
import { type Dispatcher, request } from 'undici';
import { SalesforceError } from '../model/salesforce.ts';

export interface HttpCall {
  readonly method: Dispatcher.HttpMethod;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The whole exchange, the body included. */
  readonly timeoutMs: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers but Set-Cookie are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookie: readonly string[];
  readonly body: string;
}

/** Throws when a host may not be called. */
export type CheckHost = (url: string) => void;

export type Send = (call: HttpCall) => Promise<HttpAnswer>;

/** A describe of an object with 800 fields has about 1.5 MB; a page of 2,000 records stays below 20. */
export const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Every status below 300 and from 400 on is an answer; a redirect is refused.
 * @throws SalesforceError `retry` UNREACHABLE | TIMEOUT | RESPONSE_TOO_LARGE, `refused` REDIRECTED | HOST_NOT_ALLOWED;
 *   the signal's own reason when the caller ended it
 */
export function sender(options: { dispatcher: Dispatcher; checkHost: CheckHost }): Send {
  return async (call) => {
    allowed(call.url, options.checkHost);
    const timer = AbortSignal.timeout(call.timeoutMs);
    const signal = call.signal ? AbortSignal.any([timer, call.signal]) : timer;
    try {
      const answer = await request(call.url, {
        method: call.method,
        headers: { accept: 'application/json', ...call.headers },
        ...(call.body === undefined ? {} : { body: call.body }),
        dispatcher: options.dispatcher,
        signal,
        headersTimeout: call.timeoutMs,
        bodyTimeout: call.timeoutMs,
      });
      // A body that is left before its end reports that as an error, which nobody is waiting for any more.
      answer.body.on('error', () => undefined);
      if (answer.statusCode >= 300 && answer.statusCode < 400) {
        answer.body.destroy();
        throw new SalesforceError(
          'refused',
          'REDIRECTED',
          `Salesforce answered with a redirect (HTTP ${answer.statusCode}) at ${place(call.url)}; redirects are not followed.`,
        );
      }
      return {
        status: answer.statusCode,
        headers: flat(answer.headers),
        setCookie: [answer.headers['set-cookie'] ?? []].flat(),
        body: await text(answer.body, call.maxBytes ?? MAX_BYTES, call.url),
      };
    } catch (error) {
      if (error instanceof SalesforceError) throw error;
      if (call.signal?.aborted) throw call.signal.reason;
      throw unreachable(error, timer.aborted, call);
    }
  };
}

function allowed(url: string, checkHost: CheckHost): void {
  try {
    checkHost(url);
  } catch (error) {
    if (error instanceof SalesforceError) throw error;
    const message = error instanceof Error ? error.message : `${place(url)} may not be called.`;
    throw new SalesforceError('refused', 'HOST_NOT_ALLOWED', message, { cause: error });
  }
}

async function text(body: Dispatcher.ResponseData['body'], maxBytes: number, url: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw new SalesforceError('retry', 'RESPONSE_TOO_LARGE', `The answer of ${place(url)} is larger than ${maxBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreachable(error: unknown, timedOut: boolean, call: HttpCall): SalesforceError {
  const code = (error as { code?: unknown } | null)?.code;
  if (timedOut || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new SalesforceError('retry', 'TIMEOUT', `${place(call.url)} did not answer within ${call.timeoutMs} ms.`, {
      cause: error,
    });
  }
  const why = typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
  return new SalesforceError('retry', 'UNREACHABLE', `${place(call.url)} could not be reached: ${why}.`, { cause: error });
}

/** Host and path only: a query may carry a code or a record's values. */
export function place(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

function flat(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || name === 'set-cookie' ? [] : [[name.toLowerCase(), [value].flat().join(', ')]],
    ),
  );
}
