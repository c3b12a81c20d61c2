/**
 * What went wrong with the stream, and what follows. Salesforce's error text is `403::Unknown client`, with nothing where the Bayeux
 * protocol has arguments; beside it `ext.sfdc.failureReason` may say something else, and then says it better.
 */
import type { Problem } from '../model/connection.ts';
import { SalesforceError } from '../model/salesforce.ts';

export type FaultKind =
  /** The session is refused: refresh, then handshake. */
  | 'unauthorized'
  /** No refresh will help: a person must authorise again. */
  | 'reauthorize'
  /** The server has forgotten the client, or asks for a new one: handshake and subscribe again. */
  | 'rehandshake'
  /** Wait minutes. */
  | 'busy'
  | 'daily_limit'
  /** The position has aged out, or belongs to another org. */
  | 'position_lost'
  /** A person must grant something. */
  | 'forbidden'
  | 'network'
  /** Nothing came although something had to. */
  | 'silent'
  /** What came could not be stored: it is read again. */
  | 'not_stored';

export interface Fault {
  readonly kind: FaultKind;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

export class StreamFault extends Error {
  readonly fault: Fault;
  constructor(kind: FaultKind, message: string, options: { retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StreamFault';
    this.fault = { kind, message, retryAfterMs: options.retryAfterMs ?? null };
  }
}

export interface MetaReply {
  readonly error: string | null;
  readonly failureReason: string | null;
  /** What the server advises. */
  readonly reconnect: string | null;
}

const RULES: readonly { readonly kind: FaultKind; readonly pattern: RegExp }[] = [
  { kind: 'busy', pattern: /^503|server is too busy|server.*unavailable/i },
  { kind: 'busy', pattern: /concurrent user limit|concurrent.*client.*limit/i },
  { kind: 'daily_limit', pattern: /events daily limit|daily limit exceeded|delivery (limit|allocation)/i },
  { kind: 'position_lost', pattern: /replay ?id.*(invalid|not valid)|invalid.*replay/i },
  { kind: 'rehandshake', pattern: /unknown client|unknown session|session (unknown|expired)|^402/i },
  { kind: 'unauthorized', pattern: /^401|authentication (invalid|failed|error)|invalid session|session.*invalid/i },
  { kind: 'forbidden', pattern: /^403|^413|^400|^404|not allowed|restricted channel|access denied|maximum request size/i },
  { kind: 'busy', pattern: /^5\d\d/ },
];

/** An unsuccessful reply of the server. */
export function classifyReply(reply: MetaReply): Fault {
  for (const text of [reply.failureReason, reply.error]) {
    const rule = text === null ? undefined : RULES.find(({ pattern }) => pattern.test(text));
    if (rule) return { kind: rule.kind, message: said(text), retryAfterMs: null };
  }
  if (reply.reconnect === 'handshake') return { kind: 'rehandshake', message: said(reply.error), retryAfterMs: null };
  return { kind: 'forbidden', message: said(reply.error), retryAfterMs: null };
}

/** An HTTP answer that is no Bayeux at all: a proxy, a maintenance page, the REST API's 401. */
export function classifyStatus(status: number, body: string, retryAfterMs: number | null): Fault {
  const message = `HTTP ${status}${body.trimStart().startsWith('<') ? '' : `: ${body.slice(0, 200)}`}`;
  if (status === 401) return { kind: 'unauthorized', message, retryAfterMs: null };
  if (status === 403) return { kind: 'forbidden', message, retryAfterMs };
  if (status === 413) return { kind: 'forbidden', message: '413: the request was larger than the stream allows.', retryAfterMs };
  if (status === 429 || status === 503) return { kind: 'busy', message, retryAfterMs };
  return { kind: 'network', message, retryAfterMs };
}

export function classifyError(error: unknown): Fault {
  if (error instanceof StreamFault) return error.fault;
  const message = error instanceof Error ? error.message.slice(0, 500) : String(error);
  if (!(error instanceof SalesforceError)) return { kind: 'network', message, retryAfterMs: null };
  const { retryAfterMs } = error;
  if (error.kind === 'reauthorize') return { kind: 'reauthorize', message, retryAfterMs: null };
  // An org that moved answers at its old address with a redirect; a refresh tells the new one.
  if (error.code === 'REDIRECTED') return { kind: 'unauthorized', message, retryAfterMs };
  if (error.kind === 'limit') return { kind: 'busy', message, retryAfterMs };
  return { kind: error.kind === 'refused' ? 'forbidden' : 'network', message, retryAfterMs };
}

const said = (text: string | null): string => (text ?? 'The server gave no reason.').slice(0, 500);

const REMEDIES: Readonly<Record<FaultKind, string>> = {
  unauthorized: 'The session is being refreshed; nothing needs to be done unless this stays.',
  reauthorize: 'Authorise the connection again. The stream goes on where it stopped, if that is within 72 hours.',
  rehandshake: 'The stream is being opened again; nothing needs to be done.',
  busy: 'Salesforce is busy, or too many streaming clients are connected to the org; it is tried again within minutes.',
  daily_limit:
    'The org has used up the events it may deliver in 24 hours (Setup → Company Information → Streaming API Events). It is tried again later, and what was missed is found by query.',
  position_lost: 'Salesforce no longer has what came after the last stored event; what was missed is found by query.',
  forbidden:
    'Give the connected user View All Records on the object (View All Users for users, View All Data for tasks and events), and select the object under Setup → Change Data Capture.',
  network: 'Check that Salesforce can be reached from the relay; it is tried again by itself.',
  silent: 'The stream is being opened again; nothing needs to be done.',
  not_stored: "The relay's database could not store what came; it is read again once the database is well.",
};

export function problemOf({ kind, message }: Fault): Problem {
  return { code: `stream_${kind}`, message, remedy: REMEDIES[kind] };
}
