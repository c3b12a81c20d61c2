/** What came back instead of an answer → a Failure: the class decides what happens next, the message is what people read. */
import { z } from 'zod';
import type { Failure, FailureClass } from './failure.ts';
import type { HttpHeaders, HttpResult } from './http.ts';

type Answer = Extract<HttpResult, { kind: 'answer' }>;

const errorAnswer = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.array(z.object({ field: z.string().default(''), message: z.string().default('') })).optional(),
  }),
});
type ErrorAnswer = z.infer<typeof errorAnswer>['error'];

const LONGEST_MESSAGE = 600;

/** @param writes the call makes something: then, in doubt, it may have happened; @param now milliseconds, for a Retry-After date */
export function failureOf(result: HttpResult, writes: boolean, now: number): Failure {
  switch (result.kind) {
    case 'answer':
      return ofAnswer(result, writes, now);
    case 'broken_answer':
      return {
        class: 'bad_answer',
        httpStatus: result.status,
        code: 'broken_answer',
        message: `ZenQMS answered ${result.status}, but ${result.message}.`,
        mayHaveHappened: writes && mayBeDone(result.status),
      };
    case 'timeout':
      return {
        class: 'timeout',
        code: 'timeout',
        message: result.sent ? 'ZenQMS did not answer in time.' : 'No connection to ZenQMS came free in time.',
        mayHaveHappened: writes && result.sent,
      };
    case 'aborted':
      return {
        class: 'network',
        code: 'aborted',
        message: 'The request was given up.',
        mayHaveHappened: writes && result.sent,
      };
    case 'network':
      return {
        class: 'network',
        code: result.code,
        message: `ZenQMS could not be reached: ${oneLine(result.message)}.`,
        mayHaveHappened: writes && result.sent,
      };
    default:
      return result satisfies never;
  }
}

/** A success that does not say what it should. */
export function malformed(answer: Answer, error: z.ZodError, writes: boolean): Failure {
  const issue = error.issues[0];
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : excerpt(answer);
  return {
    class: 'bad_answer',
    httpStatus: answer.status,
    code: 'malformed_answer',
    message: `ZenQMS answered ${answer.status}, but not what was expected (${where}).`,
    mayHaveHappened: writes,
  };
}

function ofAnswer(answer: Answer, writes: boolean, now: number): Failure {
  const { status } = answer;
  const said = errorOf(answer.text);
  const retryAfterMs = retryAfter(answer.headers, status, now);
  return {
    class: classOf(status, said !== null),
    httpStatus: status,
    code: said?.code ?? `http_${status}`,
    message: said ? sentence(said) : `ZenQMS answered ${status}${inWords(answer)}.`,
    ...(said?.details ? { details: said.details } : {}),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    mayHaveHappened: writes && mayBeDone(status),
  };
}

/** @param byZenqms the body is an Error of the contract; else a proxy may have spoken, and a 404 of a proxy says nothing of the Issue */
function classOf(status: number, byZenqms: boolean): FailureClass {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden_scope';
    case 404:
    case 410:
      return byZenqms ? 'not_found' : 'bad_answer';
    case 409:
      return 'duplicate';
    case 429:
      return 'rate_limited';
    case 407:
      return 'bad_answer';
    case 408:
    case 421:
    case 423:
    case 425:
      return 'unavailable';
  }
  if (status >= 500) return 'unavailable';
  return status >= 400 ? 'refused' : 'bad_answer';
}

/** A redirect, a time-out and a 5xx may hide that it was done; the other 4xx say that it was not. */
const mayBeDone = (status: number): boolean => status < 400 || status >= 500 || status === 408;

function errorOf(text: string): ErrorAnswer | null {
  try {
    const parsed = errorAnswer.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.error : null;
  } catch {
    return null;
  }
}

function sentence(said: ErrorAnswer): string {
  const details = (said.details ?? []).map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ');
  const text = oneLine(details === '' ? said.message : `${said.message} (${details})`);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function inWords(answer: Answer): string {
  const { location } = answer.headers;
  if (answer.status >= 300 && answer.status < 400)
    return `, a redirect${typeof location === 'string' ? ` to ${oneLine(location)}` : ''}, which is not followed: is the base URL right?`;
  const text = excerpt(answer);
  return text === '' ? ' with an empty body' : ` with "${text}"`;
}

/** What a person would read on a proxy's page. */
function excerpt({ text }: Answer): string {
  const plain = text
    .slice(0, 20_000)
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<[^<>]*>/g, ' ');
  return oneLine(plain).slice(0, 160);
}

function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE - 1)}…` : line.replace(/\.$/, '');
}

/** Retry-After in seconds or as a date; on a 429 without it, X-RateLimit-Reset (seconds from now, or an epoch). */
function retryAfter(headers: HttpHeaders, status: number, now: number): number | null {
  const after = headerOf(headers, 'retry-after');
  if (after !== null) {
    if (/^\d+(\.\d+)?$/.test(after)) return Math.round(Number(after) * 1000);
    const date = Date.parse(after);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  const reset = status === 429 ? headerOf(headers, 'x-ratelimit-reset') : null;
  if (reset === null || !/^\d+$/.test(reset)) return null;
  const seconds = Number(reset);
  return Math.max(0, seconds > 1_000_000_000 ? seconds * 1000 - now : seconds * 1000);
}

function headerOf(headers: HttpHeaders, name: string): string | null {
  const value = headers[name];
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined ? null : one.trim();
}
