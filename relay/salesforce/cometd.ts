/**
 * One client's life on Salesforce's CometD endpoint: Bayeux 1.0 by long polling, one message in a request. faye is not used: it hides
 * HTTP statuses, tries WebSockets at every handshake, ignores /meta/disconnect, handshakes again by itself, loses the rest of a batch
 * when a listener throws, and keeps sending after its end.
 */
import { Agent } from 'undici';
import { z } from 'zod';
import { cookieJar } from './cookies.ts';
import { retryAfter } from './errors.ts';
import { type Fault, type MetaReply, StreamFault, classifyReply, classifyStatus } from './faults.ts';
import { type CheckHost, sender } from './http.ts';

export interface CometdOptions {
  readonly instanceUrl: string;
  readonly version: string;
  readonly accessToken: string;
  readonly userAgent: string;
  readonly checkHost: CheckHost;
  /** Ends every exchange that is under way. */
  readonly signal: AbortSignal;
  readonly now: () => number;
}

export interface DataMessage {
  readonly channel: string;
  readonly message: unknown;
}

export interface Exchange {
  readonly data: readonly DataMessage[];
  /** The server has ended the client. */
  readonly disconnected: boolean;
  readonly advice: { readonly reconnect: string | null; readonly intervalMs: number };
  /** Why the reply was unsuccessful; null: it was not. */
  readonly fault: Fault | null;
}

export interface CometdClient {
  /** @throws StreamFault | SalesforceError, as all of these */
  handshake(timeoutMs: number): Promise<void>;
  /** @param replayId an opaque id, -1 or -2 */
  subscribe(channel: string, replayId: string, timeoutMs: number): Promise<Exchange>;
  unsubscribe(channel: string, timeoutMs: number): Promise<Exchange>;
  connect(timeoutMs: number): Promise<Exchange>;
  disconnect(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

/** A reply to one of the protocol's own messages, as far as it is needed. */
const Reply = z.object({
  channel: z.string(),
  id: z.union([z.string(), z.number()]).nullish(),
  clientId: z.string().nullish(),
  successful: z.boolean().nullish(),
  error: z.string().nullish().catch(undefined),
  advice: z.object({ reconnect: z.string().nullish(), interval: z.number().nullish() }).nullish().catch(undefined),
  ext: z
    .object({ sfdc: z.object({ failureReason: z.string().nullish() }).nullish() })
    .nullish()
    .catch(undefined),
});
type Reply = z.infer<typeof Reply>;

interface Answer {
  readonly replies: readonly Reply[];
  readonly data: readonly DataMessage[];
}

export function cometdClient(options: CometdOptions): CometdClient {
  const agent = new Agent();
  const send = sender({ dispatcher: agent, checkHost: options.checkHost });
  const cookies = cookieJar(options.now);
  const url = `${options.instanceUrl}/cometd/${options.version}`;
  let clientId: string | null = null;
  let lastId = 0;

  const post = async (channel: string, fields: object, timeoutMs: number): Promise<Answer & { id: string }> => {
    const id = String((lastId += 1));
    const cookie = cookies.header();
    const answer = await send({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        authorization: `OAuth ${options.accessToken}`,
        'user-agent': options.userAgent,
        ...(cookie === null ? {} : { cookie }),
      },
      body: JSON.stringify([{ channel, id, ...(clientId === null ? {} : { clientId }), ...fields }]),
      timeoutMs,
      signal: options.signal,
    });
    cookies.store(answer.setCookie);
    const read = readAnswer(answer.body);
    if (read === null) throw asError(classifyStatus(answer.status, answer.body, retryAfter(answer.headers['retry-after'])));
    return { ...read, id };
  };

  const exchange = async (channel: string, fields: object, timeoutMs: number): Promise<Exchange> => {
    const { replies, data, id } = await post(channel, fields, timeoutMs);
    const reply = replies.find((each) => each.channel === channel && (each.id ?? id).toString() === id);
    const disconnected = replies.some((each) => each.channel === '/meta/disconnect');
    if (!reply && !disconnected && data.length === 0)
      throw new StreamFault('network', `The stream answered ${channel} with something else.`);
    return {
      data,
      disconnected,
      advice: { reconnect: reply?.advice?.reconnect ?? null, intervalMs: reply?.advice?.interval ?? 0 },
      fault: reply && reply.successful !== true ? classifyReply(metaReply(reply)) : null,
    };
  };

  return {
    handshake: async (timeoutMs) => {
      const channel = '/meta/handshake';
      const fields = { version: '1.0', minimumVersion: '1.0', supportedConnectionTypes: ['long-polling'], ext: { replay: true } };
      const { replies } = await post(channel, fields, timeoutMs);
      const reply = replies.find((each) => each.channel === channel);
      if (!reply) throw new StreamFault('network', 'The stream answered the handshake with something else.');
      if (reply.successful !== true || !reply.clientId) throw asError(classifyReply(metaReply(reply)));
      clientId = reply.clientId;
    },
    subscribe: (channel, replayId, timeoutMs) =>
      exchange('/meta/subscribe', { subscription: channel, ext: { replay: { [channel]: onTheWire(replayId) } } }, timeoutMs),
    unsubscribe: (channel, timeoutMs) => exchange('/meta/unsubscribe', { subscription: channel }, timeoutMs),
    connect: (timeoutMs) => exchange('/meta/connect', { connectionType: 'long-polling' }, timeoutMs),
    disconnect: async (timeoutMs) => {
      if (clientId !== null) await post('/meta/disconnect', {}, timeoutMs);
    },
    close: () => agent.destroy(),
  };
}

const asError = (fault: Fault): StreamFault => new StreamFault(fault.kind, fault.message, { retryAfterMs: fault.retryAfterMs });

const metaReply = (reply: Reply): MetaReply => ({
  error: reply.error ?? null,
  failureReason: reply.ext?.sfdc?.failureReason ?? null,
  reconnect: reply.advice?.reconnect ?? null,
});

/** null: no Bayeux. What a channel brings is passed on whatever it looks like: it is read, and named if it can't be, further in. */
function readAnswer(body: string): Answer | null {
  let parsed: unknown;
  try {
    parsed = parseKeepingIds(body);
  } catch {
    return null;
  }
  const replies: Reply[] = [];
  const data: DataMessage[] = [];
  for (const message of Array.isArray(parsed) ? (parsed as unknown[]) : [parsed]) {
    const channel = typeof message === 'object' && message !== null ? (message as { channel?: unknown }).channel : null;
    if (typeof channel !== 'string') continue;
    if (!channel.startsWith('/meta/')) data.push({ channel, message });
    else {
      const reply = Reply.safeParse(message);
      if (reply.success) replies.push(reply.data);
    }
  }
  return replies.length + data.length === 0 ? null : { replies, data };
}

/** Replay ids are numbers on the wire and may pass 2^53; only then is the text gone through again, number by number. */
function parseKeepingIds(body: string): unknown {
  if (!/"replayId"\s*:\s*\d{16,}/.test(body)) return JSON.parse(body);
  return JSON.parse(body, function keep(key: string, value: unknown, context?: { source?: string }) {
    return key === 'replayId' && typeof value === 'number' ? (context?.source ?? value) : value;
  } as (key: string, value: unknown) => unknown);
}

/** Numbers of any size go out as they came in. */
function onTheWire(replayId: string): unknown {
  if (!/^-?\d{1,25}$/.test(replayId)) return replayId;
  return Number.isSafeInteger(Number(replayId))
    ? Number(replayId)
    : (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(replayId);
}
