/** Faults on demand. A fault waits for a request that it fits, spoils it, and is used up after `times`. */
import type { OperationId } from './contract.ts';
import type { Answer } from './answer.ts';
import { failure } from './answer.ts';

export type FaultKind =
  /** Any status; `body` a text (HTML, plain) or a value sent as JSON; default an Error of the contract. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** `retryAfter` seconds or an HTTP date; null: no such header. */
  | { readonly kind: 'rate_limited'; readonly retryAfter?: number | string | null }
  /** A proxy's page in place of an answer. */
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'plain_text'; readonly status: number }
  /** Answers rightly, but later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Takes the request and is never heard of again. */
  | { readonly kind: 'never_answer' }
  /** Cuts the connection. */
  | { readonly kind: 'reset' }
  /** Sends half of the right answer and cuts the connection. */
  | { readonly kind: 'truncated' }
  /** 200 or 201 with something that is not what the contract says. */
  | { readonly kind: 'malformed'; readonly body?: unknown }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'redirect'; readonly location: string };

export type Fault = FaultKind & {
  /** Absent: every operation. */
  readonly operation?: OperationId;
  /** Only a create, or a search, of this record. */
  readonly externalId?: string;
  /** How many requests it spoils: 1 by default; null: all until cleared. */
  readonly times?: number | null;
  /** Fitting requests that are let through first. */
  readonly after?: number;
  /** Share of the fitting requests that it spoils, 0 to 1, from the stand-in's seed. */
  readonly probability?: number;
  /** true: the operation is carried out, and the fault hides that it was. */
  readonly committed?: boolean;
};

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  pending(): number;
  /** The fault that spoils this request, if one does; counts it. */
  take(operation: OperationId, body: unknown): Fault | null;
}

export function createFaults(random: () => number): Faults {
  let waiting: { fault: Fault; left: number; after: number }[] = [];
  return {
    add: (fault) =>
      void waiting.push({ fault, left: fault.times === null ? Infinity : (fault.times ?? 1), after: fault.after ?? 0 }),
    clear: () => void (waiting = []),
    pending: () => waiting.length,
    take(operation, body) {
      for (const entry of waiting) {
        const { fault } = entry;
        if (fault.operation !== undefined && fault.operation !== operation) continue;
        if (fault.externalId !== undefined && !externalIds(body).includes(fault.externalId)) continue;
        if (entry.after > 0) {
          entry.after -= 1;
          continue;
        }
        if (fault.probability !== undefined && random() >= fault.probability) continue;
        entry.left -= 1;
        if (entry.left <= 0) waiting = waiting.filter((each) => each !== entry);
        return fault;
      }
      return null;
    },
  };
}

function externalIds(body: unknown): unknown[] {
  const request = body as { external_id?: unknown; filters?: { external_id?: unknown } } | null;
  return [request?.external_id ?? request?.filters?.external_id].flat();
}

/** What goes on the wire in place of the operation's answer; a string body is not JSON. */
export function faultAnswer(fault: Exclude<FaultKind, { kind: 'slow' | 'never_answer' | 'reset' | 'truncated' }>): Answer {
  switch (fault.kind) {
    case 'status': {
      const standard = failure(fault.status, `status_${fault.status}`, `Answer ${fault.status} on demand`).body;
      return { status: fault.status, body: fault.body ?? standard, headers: fault.headers ?? {} };
    }
    case 'rate_limited': {
      const after = fault.retryAfter === undefined ? 1 : fault.retryAfter;
      const headers = { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(after ?? 1) };
      const answer = failure(429, 'rate_limited', 'Too many requests');
      return { ...answer, headers: after === null ? headers : { ...headers, 'retry-after': String(after) } };
    }
    case 'html':
      return {
        status: fault.status,
        body: `<!doctype html><html><head><title>${fault.status}</title></head><body><h1>${fault.status} from the proxy</h1></body></html>`,
        headers: { 'content-type': 'text/html; charset=utf-8' },
      };
    case 'plain_text':
      return { status: fault.status, body: `upstream said ${fault.status}`, headers: { 'content-type': 'text/plain' } };
    case 'malformed':
      return { status: 200, body: fault.body ?? { data: 'nothing of use' } };
    case 'unauthorized':
      return failure(401, 'unauthorized', 'The token is not active any more');
    case 'forbidden':
      return failure(403, 'insufficient_scope', 'The token lacks a scope that it had');
    case 'redirect':
      return { status: 302, body: '', headers: { location: fault.location } };
  }
  throw new Error(`Unknown fault ${JSON.stringify(fault satisfies never)}`);
}

/** Chance that is the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
