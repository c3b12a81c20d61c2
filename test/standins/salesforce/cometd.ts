/** CometD as Salesforce speaks it: long-polling only, cookies, replay, and every error of the documentation. */
import { type Client, brings, newClient, takeEvents } from './cometd-client.ts';
import { COMETD_ERRORS, type CometdFaults, invalidReplayId, noFaults } from './cometd-faults.ts';
import { subscribe } from './cometd-subscribe.ts';
import { type Reply, type Request, json } from './http.ts';
import type { Org } from './org.ts';

export { COMETD_ERRORS, type CometdFaults, invalidReplayId };

type Message = Record<string, unknown> & { channel?: string; clientId?: string; id?: string };

export interface Cometd {
  readonly faults: CometdFaults;
  /** @returns null where the path is none of CometD's */
  handle(request: Request): Promise<Reply | 'reset' | null>;
  /** The server forgets every client, as when its routing cookie expires. */
  forgetClients(): void;
  /** Sends /meta/disconnect to every client. */
  disconnectClients(): void;
  /** Long polls that wait are answered 401, as after an admin has ended the session. */
  endSessions(): void;
  clients(): number;
  /** Channels with how many sessions have each. */
  subscriptions(): Record<string, number>;
  close(): void;
}

export interface CometdOptions {
  /** How long a connect waits for events. */
  timeoutMs: number;
  /** How long a session lives between two connects: 40 s. */
  maxIntervalMs: number;
  /** How long the routing cookie is good: 3 h. */
  routeMs: number;
  /** Most events in one answer; may be changed while it runs. */
  batch: number;
  now: () => number;
}

const MAX_BODY = 32_768;
const NONE = { reconnect: 'none', interval: 0 };
const HANDSHAKE = { reconnect: 'handshake', interval: 0 };

export function createCometd(org: Org, options: CometdOptions): Cometd {
  const clients = new Map<string, Client>();
  const faults = noFaults();
  const hung = new Set<(reply: Reply | null) => void>();

  const off = org.bus.onPublished((fresh) => {
    if (faults.silent) return;
    for (const client of clients.values()) {
      if (!client.waiting) continue;
      const wanted = [...client.subscriptions].some(([channel, subscription]) =>
        fresh.some((retained) => brings(org, channel, subscription, retained)),
      );
      if (wanted) client.waiting('events');
    }
  });

  const drop = (client: Client): void => {
    clients.delete(client.id);
    client.waiting?.('gone');
  };

  /** The session of a message, unless it is unknown, or reached another server for want of its cookies. */
  const clientOf = (message: Message, request: Request): Client | null => {
    for (const each of clients.values()) if (!each.waiting && options.now() - each.lastSeen > options.maxIntervalMs) drop(each);
    const client = clients.get(String(message.clientId ?? ''));
    const cookies = request.headers.cookie ?? '';
    if (!client || !cookies.includes(client.cookie) || !cookies.includes(client.route)) return null;
    if (options.now() < client.routeUntil) return client;
    drop(client);
    return null;
  };

  function handshake(message: Message, request: Request): { answer: Message; client?: Client } {
    org.counters.cometd.handshakes += 1;
    const base = { channel: '/meta/handshake', ...idOf(message) };
    const ext = { replay: true, 'payload.format': true };
    const deny = (failureReason: string | undefined, error: string = COMETD_ERRORS.handshakeDenied, reconnect = 'none') => ({
      answer: {
        ...base,
        successful: false,
        error,
        advice: { reconnect },
        ext: { ...ext, ...(failureReason === undefined ? {} : { sfdc: { failureReason } }) },
      },
    });
    const denied = faults.denyHandshake;
    if (denied && denied.times > 0) {
      denied.times -= 1;
      return deny(denied.failureReason, denied.error, denied.reconnect);
    }
    if (request.bearer === '') return deny(COMETD_ERRORS.noAuthentication);
    if (!org.sessions.valid(request.bearer) || !org.access.apiEnabled) return deny(COMETD_ERRORS.authentication);
    if (clients.size >= org.limits.cometdClients) return deny(COMETD_ERRORS.concurrentUsers);
    const types = message['supportedConnectionTypes'];
    if (!Array.isArray(types) || !types.includes('long-polling')) return deny(undefined, COMETD_ERRORS.connectionType);
    const client = newClient(request.bearer, options.now(), options.routeMs);
    clients.set(client.id, client);
    return {
      client,
      answer: {
        ext,
        minimumVersion: '1.0',
        clientId: client.id,
        supportedConnectionTypes: ['long-polling'],
        ...base,
        version: '1.0',
        successful: true,
      },
    };
  }

  async function connect(message: Message, client: Client, request: Request): Promise<(Message | string)[]> {
    org.counters.cometd.connects += 1;
    const base = { clientId: client.id, channel: '/meta/connect', ...idOf(message) };
    const fail = (error: string, advice: object): Message[] => [{ ...base, advice, error, successful: false }];
    const ended = (): boolean => !org.sessions.valid(client.token) || !org.sessions.valid(request.bearer);
    const unauthorized = (): Message[] => {
      drop(client);
      return fail(request.bearer === '' ? COMETD_ERRORS.noAuthentication : COMETD_ERRORS.authentication, NONE);
    };
    if (message['connectionType'] !== 'long-polling')
      return fail(`${COMETD_ERRORS.connectionType} {${String(message['connectionType'])}}`, NONE);
    if (faults.rejectConnects > 0) {
      faults.rejectConnects -= 1;
      return unauthorized();
    }
    const failing = faults.failConnect;
    if (failing && failing.times > 0) {
      failing.times -= 1;
      const sfdc = failing.failureReason === undefined ? {} : { ext: { sfdc: { failureReason: failing.failureReason } } };
      return [{ ...base, ...sfdc, advice: { reconnect: failing.reconnect ?? 'retry' }, error: failing.error, successful: false }];
    }
    if (ended()) return unauthorized();
    client.waiting?.('replaced');
    if (!client.connected) {
      client.connected = true;
      client.lastSeen = options.now();
      return [{ ...base, advice: { interval: 0, timeout: options.timeoutMs, reconnect: 'retry' }, successful: true }];
    }
    let events = eventsFor(client);
    if (events.length === 0 && !client.disconnectNext) {
      const reason = await wait(client, request);
      client.lastSeen = options.now();
      if (reason === 'replaced') return [{ ...base, successful: true }];
      if (ended()) return unauthorized();
      if (!clients.has(client.id)) return fail(COMETD_ERRORS.unknownClient, HANDSHAKE);
      // Whoever hung up is not served; the session waits for the next connect.
      if (!request.gone()) events = eventsFor(client);
    }
    client.lastSeen = options.now();
    if (!client.disconnectNext) return [...events, { ...base, successful: true }];
    drop(client);
    return [...events, { clientId: client.id, channel: '/meta/disconnect', successful: true, advice: NONE }];
  }

  function wait(client: Client, request: Request): Promise<'events' | 'timeout' | 'gone' | 'replaced'> {
    return new Promise((resolve) => {
      const end = (why: 'events' | 'timeout' | 'gone' | 'replaced'): void => {
        clearTimeout(timer);
        if (client.waiting === end) client.waiting = null;
        resolve(why);
      };
      const timer = setTimeout(() => end('timeout'), options.timeoutMs);
      client.waiting = end;
      request.onGone(() => end('timeout'));
    });
  }

  function eventsFor(client: Client): string[] {
    const left = Math.max(0, org.limits.eventsMax - org.counters.eventsDelivered);
    return faults.silent ? [] : takeEvents(org, client, Math.min(options.batch, left));
  }

  async function one(message: Message, request: Request, cookies: string[]): Promise<(Message | string)[]> {
    if (message.channel === '/meta/handshake') {
      const { answer, client } = handshake(message, request);
      if (client)
        cookies.push(
          `BAYEUX_BROWSER=${client.cookie}; Path=/; HttpOnly`,
          `sfdc-stream=${client.route}; Path=/; Max-Age=${Math.ceil(options.routeMs / 1000)}`,
        );
      return [answer];
    }
    const base = { channel: String(message.channel), ...idOf(message) };
    const client = clientOf(message, request);
    if (!client) return [{ ...base, successful: false, error: COMETD_ERRORS.unknownClient, advice: HANDSHAKE }];
    client.lastSeen = options.now();
    switch (message.channel) {
      case '/meta/connect':
        return connect(message, client, request);
      case '/meta/subscribe': {
        org.counters.cometd.subscribes += 1;
        const { subscription } = message;
        const error = org.sessions.valid(client.token)
          ? subscribe(org, client, faults, subscription, message['ext'])
          : COMETD_ERRORS.authentication;
        return [{ ...base, clientId: client.id, subscription, successful: error === null, ...(error === null ? {} : { error }) }];
      }
      case '/meta/unsubscribe':
        client.subscriptions.delete(String(message['subscription']));
        return [{ ...base, clientId: client.id, subscription: message['subscription'], successful: true }];
      case '/meta/disconnect':
        drop(client);
        return [{ ...base, clientId: client.id, successful: true }];
      default:
        return [{ ...base, clientId: client.id, successful: false, error: COMETD_ERRORS.restricted }];
    }
  }

  async function handle(request: Request): Promise<Reply | 'reset' | null> {
    if (!/^\/cometd(\/|$)/.test(request.path)) return null;
    const version = /^\/cometd\/(\d+\.0)\/?(?:connect|handshake|disconnect)?$/.exec(request.path)?.[1];
    if (faults.neverAnswer) return new Promise((resolve) => void hung.add(resolve));
    if (!version) return json(400, { error: "400::API version in the URI is mandatory. URI format: '/cometd/66.0'" });
    if (!org.versions.includes(version))
      return json(400, {
        error: "400::Unsupported API version. Only API versions '37.0' and later are supported. URI format: '/cometd/66.0'",
      });
    if (faults.http401 > 0) {
      faults.http401 -= 1;
      return json(401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
    }
    if (request.method !== 'POST') return json(400, { error: `${COMETD_ERRORS.connectionType} {${request.method}}` });
    if (Buffer.byteLength(request.text) > MAX_BODY) return json(413, { error: COMETD_ERRORS.tooLarge });
    const messages = messagesOf(request.text);
    if (!messages) return json(400, { error: '400::Bad JSON' });
    const cookies: string[] = [];
    const answers = (await Promise.all(messages.map((message) => one(message, request, cookies)))).flat();
    // Events are written already, whatever the number of those who get them.
    const body = `[${answers.map((answer) => (typeof answer === 'string' ? answer : JSON.stringify(answer))).join(',')}]`;
    const reply = { ...json(200, null, cookies.length > 0 ? { 'set-cookie': cookies } : {}), body };
    if (faults.truncate === 0 || !answers.some((answer) => typeof answer === 'string')) return reply;
    faults.truncate -= 1;
    return { ...reply, cutAt: Math.floor(body.length / 2) };
  }

  const cometd: Cometd = {
    faults,
    handle: async (request) => {
      const reply = await handle(request);
      org.counters.cometd.clients = clients.size;
      return reply;
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
    endSessions() {
      for (const client of clients.values()) client.waiting?.('events');
    },
    clients: () => clients.size,
    subscriptions() {
      const all = [...clients.values()].flatMap((client) => [...client.subscriptions.keys()]);
      return Object.fromEntries([...Map.groupBy(all, (channel) => channel)].map(([channel, list]) => [channel, list.length]));
    },
    close() {
      off();
      for (const client of clients.values()) client.waiting?.('gone');
      clients.clear();
      for (const resolve of hung) resolve(json(503, 'closing'));
    },
  };
  return cometd;
}

const idOf = (message: Message): { id?: string } => (message.id === undefined ? {} : { id: message.id });

function messagesOf(text: string): Message[] | null {
  try {
    const parsed = JSON.parse(text) as Message | Message[];
    const list = Array.isArray(parsed) ? parsed : [parsed];
    return list.every((each) => typeof each === 'object' && each !== null) ? list : null;
  } catch {
    return null;
  }
}
