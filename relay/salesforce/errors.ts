/** What Salesforce's REST API answers when it does not do as asked, sorted by what may be done about it. */
import { SalesforceError } from '../model/salesforce.ts';
import type { HttpAnswer } from './http.ts';

export interface RestFault {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** `[{errorCode, message, fields}]`, an object of the same, or whatever else a proxy may have put there. */
export function restFaults(answer: Pick<HttpAnswer, 'status' | 'body'>): readonly RestFault[] {
  try {
    const parsed: unknown = JSON.parse(answer.body);
    const faults = [parsed].flat().flatMap((each) => {
      if (typeof each !== 'object' || each === null) return [];
      const { errorCode, statusCode, message, fields } = each as Record<string, unknown>;
      const code = typeof errorCode === 'string' ? errorCode : typeof statusCode === 'string' ? statusCode : null;
      if (code === null) return [];
      return [
        { code, message: short(message), fields: Array.isArray(fields) ? fields.filter((name) => typeof name === 'string') : [] },
      ];
    });
    if (faults.length > 0) return faults;
  } catch {
    // Not JSON: a maintenance page, or a proxy. The status is what is known.
  }
  return [{ code: `HTTP_${answer.status}`, message: `HTTP ${answer.status}`, fields: [] }];
}

/** Limits that pass by themselves: the daily one within hours, the concurrent one within seconds. */
const DAILY_LIMIT_WAIT_MS = 15 * 60_000;
const CONCURRENT_LIMIT_WAIT_MS = 30_000;

const TRANSIENT: ReadonlySet<string> = new Set([
  'QUERY_TIMEOUT',
  'UNABLE_TO_LOCK_ROW',
  'SERVER_UNAVAILABLE',
  'UNKNOWN_EXCEPTION',
  'API_CURRENTLY_DISABLED',
]);

/** 401 is the session's affair; everything else that is no success ends here. */
export function restError(answer: Pick<HttpAnswer, 'status' | 'headers' | 'body'>): SalesforceError {
  const [fault] = restFaults(answer);
  const { code, message } = fault ?? { code: `HTTP_${answer.status}`, message: `HTTP ${answer.status}` };
  const said = `Salesforce: ${message} (${code})`;
  const retryAfterMs = retryAfter(answer.headers['retry-after']);
  if (code === 'REQUEST_LIMIT_EXCEEDED' || answer.status === 420 || answer.status === 429) {
    const wait = /concurrent/i.test(message) || answer.status !== 403 ? CONCURRENT_LIMIT_WAIT_MS : DAILY_LIMIT_WAIT_MS;
    return new SalesforceError('limit', code, said, { retryAfterMs: retryAfterMs ?? wait });
  }
  if (answer.status >= 500 || answer.status === 408 || TRANSIENT.has(code)) {
    return new SalesforceError('retry', code, said, retryAfterMs === null ? {} : { retryAfterMs });
  }
  return new SalesforceError('refused', code, said);
}

/** Seconds or an HTTP date; null where there is none that can be read. */
export function retryAfter(header: string | undefined, now: number = Date.now()): number | null {
  if (header === undefined) return null;
  const at = /^\d+$/.test(header.trim()) ? now + Number(header) * 1000 : Date.parse(header);
  return Number.isFinite(at) && at - now < 24 * 3_600_000 ? Math.max(0, at - now) : null;
}

/** Salesforce's sentences are shown to people, but never at any length. */
export function short(message: unknown): string {
  return typeof message === 'string' ? message.slice(0, 500) : '';
}
