/** CometD as Salesforce speaks it: long-polling only, cookies, replay, and every error of the documentation. */
import { randomBytes } from 'node:crypto';
import { type Retained, entityOf } from './bus.ts';
import { type Reply, type Request, json } from './http.ts';
import type { Org } from './org.ts';

type Message = Record<string, unknown> & { channel?: string | undefined; clientId?: string | undefined; id?: string | undefined };

interface Client {
  id: string;
  cookie: string;
  token: string;
  subscriptions: Map<string, { after: number }>;
  connected: boolean;
  waiting: ((reason: 'events' | 'timeout' | 'gone') => void) | null;
  disconnectNext: boolean;
}

export interface CometdFaults {
  /** The next so many handshakes are denied with this. */
  denyHandshake: { failureReason?: string; error: string; reconnect?: string; times: number } | null;
  /** The next so many connects answer 401::Authentication invalid with reconnect none. */
  rejectConnects: number;
  /** The next so many subscribes are refused with this. */
  rejectSubscribe: { error: string; times: number } | null;
  /** Nothing is delivered any more, while connects go on as if nothing were. */
  silent: boolean;
  /** Requests are taken and never answered. */
  neverAnswer: boolean;
  /** The next so many requests get HTTP 401 with a body that is not Bayeux. */
  http401: number;
}

export interface Cometd {
  readonly faults: CometdFaults;
  handle(request: Request): Promise<Reply | null>;
  /** The server forgets every client, as when its routing cookie expires. */
  forgetClients(): void;
  /** Sends /meta/disconnect to every client. */
  disconnectClients(): void;
  clients(): number;
  close(): void;
}

export interface CometdOptions {
  /** How long a connect waits for events. */
  timeoutMs: number;
  /** Most events in one answer. */
  batch: number;
  now: () => number;
}

const MAX_BODY = 32_768;
const none = { reconnect: 'none' };
const handshakeAgain = { reconnect: 'handshake', interval: 0 };

export function createCometd(org: Org, options: CometdOptions): Cometd {
  const clients = new Map<string, Client>();
  const faults: CometdFaults = {
    denyHandshake: null,
    rejectConnects: 0,
    rejectSubscribe: null,
    silent: false,
    neverAnswer: false,
    http401: 0,
  };
  const hung = new Set<(reply: Reply | null) => void>();

  const off = org.bus.onPublished(() => {
    for (const client of clients.values()) if (!faults.silent && pending(client).length > 0) client.waiting?.('events');
  });

  const drop = (client: Client): void => {
    clients.delete(client.id);
    client.waiting?.('gone');
  };

  /** What the client has not got yet, in order; what its user may not see is dropped without a word on channels of several entities. */
  function pending(client: Client): { channel: string; retained: Retained }[] {
    const found: { channel: string; retained: Retained }[] = [];
    for (const [channel, subscription] of client.subscriptions) {
      let own = 0;
      for (const retained of org.bus.after(subscription.after)) {
        if (!org.bus.carries(channel, retained.emitted.event) || org.access.withoutViewAll.has(retained.emitted.entity)) continue;
        found.push({ channel, retained });
        if ((own += 1) >= options.batch) break;
      }
    }
    return found.sort((a, b) => a.retained.replayId - b.retained.replayId).slice(0, options.batch);
  }

  function deliver(client: Client): Message[] {
    if (faults.silent) return [];
    const left = org.limits.eventsMax - org.counters.eventsDelivered;
    return pending(client)
      .slice(0, Math.max(0, left))
      .map(({ channel, retained }) => {
        const subscription = client.subscriptions.get(channel);
        if (subscription) subscription.after = retained.replayId;
        org.counters.eventsDelivered += 1;
        return {
          channel,
          data: { schema: 'IeRuaY6cbI_HsV8Rv1Mc5g', payload: retained.emitted.payload, event: { replayId: retained.replayId } },
        };
      });
  }

  function handshake(message: Message, token: string): { answer: Message; client?: Client } {
    org.counters.cometd.handshakes += 1;
    const base = { channel: '/meta/handshake', id: message.id };
    const ext = { replay: true, 'payload.format': true };
    const denied = faults.denyHandshake;
    if (denied && denied.times > 0) {
      denied.times -= 1;
      return {
        answer: {
          ...base,
          successful: false,
          error: denied.error,
          advice: { reconnect: denied.reconnect ?? 'none' },
          ext: { ...ext, ...(denied.failureReason ? { sfdc: { failureReason: denied.failureReason } } : {}) },
        },
      };
    }
    if (!org.sessions.valid(token)) {
      const sfdc = { failureReason: '401::Authentication invalid' };
      return { answer: { ...base, successful: false, error: '403::Handshake denied', advice: none, ext: { ...ext, sfdc } } };
    }
    if (clients.size >= org.limits.cometdClients) {
      const sfdc = { failureReason: '403::Organization concurrent user limit exceeded' };
      return { answer: { ...base, successful: false, error: '403::Handshake denied', advice: none, ext: { ...ext, sfdc } } };
    }
    if (!(message['supportedConnectionTypes'] as string[] | undefined)?.includes('long-polling')) {
      return { answer: { ...base, successful: false, error: '412::supportedConnectionTypes', advice: none } };
    }
    const client: Client = {
      id: randomBytes(16).toString('hex'),
      cookie: randomBytes(12).toString('hex'),
      token,
      subscriptions: new Map(),
      connected: false,
      waiting: null,
      disconnectNext: false,
    };
    clients.set(client.id, client);
    return {
      client,
      answer: {
        ...base,
        ext,
        minimumVersion: '1.0',
        clientId: client.id,
        supportedConnectionTypes: ['long-polling'],
        version: '1.0',
        successful: true,
      },
    };
  }

  function subscribe(message: Message, client: Client): Message {
    org.counters.cometd.subscribes += 1;
    const channel = String(message['subscription'] ?? '');
    const base = { channel: '/meta/subscribe', id: message.id, clientId: client.id, subscription: channel };
    const fail = (error: string, extra: object = {}): Message => ({ ...base, successful: false, error, ...extra });
    if (faults.rejectSubscribe && faults.rejectSubscribe.times > 0) {
      faults.rejectSubscribe.times -= 1;
      return fail(faults.rejectSubscribe.error);
    }
    const own = /^\/data\/(\w+)$/.exec(channel)?.[1];
    if (!own) return fail('403:denied_by_security_policy:create_denied');
    if (own.endsWith('__chn') && !org.bus.channels.some((each) => each.name === own))
      return fail(`400::The channel specified is not valid: ${channel}`);
    if (own.endsWith('ChangeEvent')) {
      const entity = entityOf(own);
      if (!org.store.object(entity)?.changeEvents) return fail(`400::The channel specified is not valid: ${channel}`);
      if (org.access.withoutViewAll.has(entity))
        return fail(`403::User not allowed to subscribe CDC channel without view all data permission: ${channel}`);
    }
    const replay = (message['ext'] as { replay?: Record<string, unknown> } | undefined)?.replay?.[channel];
    const wanted = Number(replay ?? -1);
    if (org.counters.eventsDelivered >= org.limits.eventsMax) return fail('403::Organization total events daily limit exceeded');
    if (wanted === -1) client.subscriptions.set(channel, { after: org.bus.newest() });
    else if (wanted === -2) client.subscriptions.set(channel, { after: 0 });
    else {
      if (!org.bus.knows(wanted)) {
        return fail(
          `400::The replayId {${String(replay)}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`,
        );
      }
      client.subscriptions.set(channel, { after: wanted });
    }
    return { ...base, successful: true };
  }

  async function connect(message: Message, client: Client): Promise<Message[]> {
    org.counters.cometd.connects += 1;
    const base = { channel: '/meta/connect', id: message.id, clientId: client.id };
    if (faults.rejectConnects > 0) {
      faults.rejectConnects -= 1;
      drop(client);
      return [{ ...base, successful: false, error: '401::Authentication invalid', advice: none }];
    }
    if (!org.sessions.valid(client.token)) {
      drop(client);
      return [{ ...base, successful: false, error: '401::Authentication invalid', advice: none }];
    }
    if (!client.connected) {
      client.connected = true;
      return [{ ...base, successful: true, advice: { interval: 0, timeout: options.timeoutMs, reconnect: 'retry' } }];
    }
    if (client.waiting) client.waiting('gone');
    let events = deliver(client);
    if (events.length === 0 && !client.disconnectNext) {
      const reason = await new Promise<'events' | 'timeout' | 'gone'>((resolve) => {
        const timer = setTimeout(() => resolve('timeout'), options.timeoutMs);
        client.waiting = (why) => (clearTimeout(timer), resolve(why));
      });
      client.waiting = null;
      if (reason === 'gone' && !clients.has(client.id))
        return [{ ...base, successful: false, error: '403::Unknown client', advice: handshakeAgain }];
      if (!org.sessions.valid(client.token)) {
        drop(client);
        return [{ ...base, successful: false, error: '401::Authentication invalid', advice: none }];
      }
      events = deliver(client);
    }
    if (client.disconnectNext) {
      drop(client);
      return [...events, { channel: '/meta/disconnect', clientId: client.id, successful: true, advice: none }];
    }
    return [...events, { ...base, successful: true }];
  }

  async function one(message: Message, request: Request, cookies: string[]): Promise<Message[]> {
    if (message.channel === '/meta/handshake') {
      const { answer, client } = handshake(message, request.bearer);
      if (client) cookies.push(`BAYEUX_BROWSER=${client.cookie}; Path=/cometd; HttpOnly`);
      return [answer];
    }
    const client = clients.get(String(message.clientId ?? ''));
    const unknown = {
      channel: message.channel,
      id: message.id,
      successful: false,
      error: '403::Unknown client',
      advice: handshakeAgain,
    };
    // Whoever drops the cookies reaches another server, which has never heard of the client.
    if (!client || !(request.headers.cookie ?? '').includes(client.cookie)) return [unknown];
    if (message.channel === '/meta/connect') return connect(message, client);
    if (message.channel === '/meta/subscribe') return [subscribe(message, client)];
    if (message.channel === '/meta/unsubscribe') {
      client.subscriptions.delete(String(message['subscription']));
      return [
        {
          channel: '/meta/unsubscribe',
          id: message.id,
          clientId: client.id,
          subscription: message['subscription'],
          successful: true,
        },
      ];
    }
    if (message.channel === '/meta/disconnect') {
      drop(client);
      return [{ channel: '/meta/disconnect', id: message.id, clientId: client.id, successful: true }];
    }
    return [{ ...unknown, error: '403:denied_by_security_policy:publish_denied' }];
  }

  return {
    faults,
    async handle(request) {
      const version = /^\/cometd\/(\d+\.0)\/?(?:connect|handshake|disconnect)?$/.exec(request.path)?.[1];
      if (!version || !org.versions.includes(version)) return null;
      if (faults.neverAnswer) return new Promise((resolve) => void hung.add(resolve));
      if (faults.http401 > 0) {
        faults.http401 -= 1;
        return json(401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
      }
      if (request.method !== 'POST') return json(405, { error: 'long-polling by POST only' });
      if (Buffer.byteLength(request.text) > MAX_BODY) return json(413, { error: '413::Maximum Request Size Exceeded' });
      let messages: Message[];
      try {
        const parsed = JSON.parse(request.text) as Message | Message[];
        messages = Array.isArray(parsed) ? parsed : [parsed];
      } catch {
        return json(400, { error: '400::Bad JSON' });
      }
      const cookies: string[] = [];
      const answers = (await Promise.all(messages.map((message) => one(message, request, cookies)))).flat();
      return json(200, answers, cookies.length > 0 ? { 'set-cookie': cookies } : {});
    },
    forgetClients() {
      for (const client of [...clients.values()]) drop(client);
    },
    disconnectClients() {
      for (const client of clients.values()) {
        client.disconnectNext = true;
        client.waiting?.('events');
      }
    },
    clients: () => clients.size,
    close() {
      off();
      for (const client of clients.values()) client.waiting?.('gone');
      clients.clear();
      for (const resolve of hung) resolve(json(503, 'closing'));
    },
  };
}
