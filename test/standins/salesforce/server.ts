/** The stand-in for one Salesforce org: login, REST, Tooling and CometD on one address. */
import { type Server, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Access, fullAccess } from './access.ts';
import { type Authorized, type Decision, authorizeInBrowser } from './browser.ts';
import { createBus } from './bus.ts';
import { type ChangeEventPayload, emit } from './change-events.ts';
import { type Cometd, createCometd } from './cometd.ts';
import { control } from './control.ts';
import { type HttpFaults, createHttpFaults } from './faults.ts';
import { type Reply, type Request, html, json, readRequest, write } from './http.ts';
import { oauth } from './oauth.ts';
import type { Counters, Org } from './org.ts';
import { type Cursors, rest } from './rest.ts';
import { seedPeople } from './seed.ts';
import { type App, createSessions } from './sessions.ts';
import { type Store, createStore } from './store.ts';

export interface SalesforceOptions {
  port?: number;
  host?: string;
  /** Another name of this machine for the instance, so that login and instance differ: `localhost`. */
  instanceHost?: string;
  /** Where the org is reached, if not at its own address: a proxy's. */
  publicUrl?: () => string;
  orgId?: string;
  sandbox?: boolean;
  multiCurrency?: boolean;
  /** ISO codes, the corporate one first; more than one: a multi-currency org. */
  currencies?: string[];
  now?: () => number;
  /** How long a connect waits for events: 110 s, as the real one; tests may shorten it. */
  connectTimeoutMs?: number;
  /** How long a session lives between two connects: 40 s. */
  maxIntervalMs?: number;
  /** How long the routing cookie is good: 3 h. */
  routeMs?: number;
  /** Most events in one answer. */
  batch?: number;
  retentionMs?: number;
  accessTokenMs?: number;
  codeMs?: number;
  app?: Partial<App>;
  apiMax?: number;
  eventsMax?: number;
  /** Changes in a transaction beyond which there is a GAP_OVERFLOW. */
  overflowAt?: number;
  /** false: change events come without changedFields. */
  changedFields?: boolean;
}

export interface Salesforce {
  url: string;
  orgId: string;
  org: Org;
  cometd: Cometd;
  db: Store;
  app: App;
  user: Org['user'];
  access: Access;
  faults: HttpFaults;
  counters: Counters;
  /** Who makes the changes, as changeOrigin says. */
  origin: { value: string };
  /** A hand-made event: a gap, an overflow, a platform event (its own name, `Alarm__e`), or nonsense. */
  publish(event: string, payload: ChangeEventPayload | Record<string, unknown>): void;
  /** Forgets events as the retention window does. */
  age(ms: number): void;
  /** Follows the authorize page as a user who presses the button; returns the redirect to the callback, or the page shown instead. */
  authorizeInBrowser(authorizeUrl: string, decision?: Decision): Promise<Authorized>;
  close(): Promise<void>;
}

export const HOUR = 3_600_000;

export async function startSalesforce(options: SalesforceOptions = {}): Promise<Salesforce> {
  const now = options.now ?? Date.now;
  let seed = 7;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const bus = createBus(random);
  const user = {
    id: '0055x000001AbCdAAK',
    username: 'integration@meddevice.example',
    name: 'ZenQMS Integration',
    email: 'integration@meddevice.example',
  };
  const origin = { value: 'com/salesforce/api/rest/66.0;client=SfdcInternalAPI/' };
  let transactions = 0;
  const retention = options.retentionMs ?? 72 * HOUR;
  const store = createStore({
    now,
    userId: () => user.id,
    committed: (changes) => {
      transactions += 1;
      bus.age(now() - retention);
      const emitted = emit(changes, {
        now: now(),
        userId: user.id,
        changeOrigin: origin.value,
        transactionKey: `000${transactions.toString(16).padStart(5, '0')}-${now().toString(16)}-${Math.floor(random() * 2 ** 31).toString(16)}`,
        commitNumber: 10_000_000_000 + transactions * 17,
        changedFields: options.changedFields ?? true,
        overflowAt: options.overflowAt ?? 100_000,
      });
      const selected = emitted.filter((each) => bus.selected(each.event));
      if (selected.length > 0) bus.publish(selected, now());
    },
  });
  const orgId = options.orgId ?? '00D5x000001ZenQEAS';
  const currencies = options.currencies ?? (options.multiCurrency ? ['EUR', 'USD'] : ['USD']);
  const app: App = {
    clientId: '3MVG9stand.in_consumer_key',
    clientSecret: 'A1B2C3D4E5F6standinsecret',
    redirectUris: null,
    rotateRefreshTokens: true,
    revokeOnReuse: true,
    ...options.app,
  };
  const org: Org = {
    orgId,
    name: 'Med Device Inc.',
    sandbox: options.sandbox ?? false,
    multiCurrency: currencies.length > 1,
    currencies,
    password: 'correct horse battery staple',
    user,
    app,
    access: fullAccess(),
    store,
    bus,
    sessions: createSessions({
      orgId,
      now,
      accessTokenMs: () => options.accessTokenMs ?? 2 * HOUR,
      codeMs: () => options.codeMs ?? HOUR / 4,
      revokeOnReuse: () => app.revokeOnReuse,
    }),
    faults: createHttpFaults(),
    counters: {
      apiCalls: 0,
      byPath: {},
      cometd: { handshakes: 0, connects: 0, subscribes: 0, clients: 0 },
      eventsDelivered: 0,
      malformed: [],
    },
    limits: {
      apiMax: options.apiMax ?? 100_000,
      apiUsedElsewhere: 0,
      eventsMax: options.eventsMax ?? 1_000_000,
      selectedEntities: 5,
      cometdClients: 1_000,
    },
    refusal: null,
    tokenRefusal: null,
    versions: ['50.0', '58.0', '64.0', '65.0', '66.0', '67.0'],
    now,
    url: () => options.publicUrl?.() ?? url,
    instanceUrl: () => (options.instanceHost === undefined ? org.url() : `http://${options.instanceHost}:${new URL(url).port}`),
  };
  seedPeople(org);
  const cometd = createCometd(org, {
    timeoutMs: options.connectTimeoutMs ?? 110_000,
    maxIntervalMs: options.maxIntervalMs ?? 40_000,
    routeMs: options.routeMs ?? 3 * HOUR,
    batch: options.batch ?? 500,
    now,
  });
  const cursors: Cursors = { next: 0, pages: new Map() };
  let url = '';

  // Node would refuse long heads in its own words.
  const server = createServer({ maxHeaderSize: 65_536 }, (message, response) => {
    readRequest(message, response)
      .then(async (request) => {
        if (request.path.startsWith('/__control')) return write(response, await control(salesforce, request));
        const reply = await answer(org, cometd, cursors, request);
        if (reply === 'reset') message.socket.destroy();
        else if (reply !== 'never') write(response, reply);
      })
      .catch((error: unknown) => write(response, json(500, [{ errorCode: 'UNKNOWN_EXCEPTION', message: String(error) }])));
  });
  server.keepAliveTimeout = 125_000;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const { port, address } = server.address() as AddressInfo;
  url = `http://${address}:${port}`;

  const salesforce: Salesforce = {
    url,
    orgId,
    org,
    cometd,
    db: store,
    app: org.app,
    user,
    access: org.access,
    faults: org.faults,
    counters: org.counters,
    origin,
    publish: (event, payload) => {
      const header = (payload as { ChangeEventHeader?: { entityName?: string } }).ChangeEventHeader;
      const entity = header?.entityName ?? event.replace(/ChangeEvent$/, '');
      bus.publish([{ event, entity, payload: payload as ChangeEventPayload }], now());
    },
    age: (ms) => bus.age(now() - ms),
    authorizeInBrowser,
    close: () =>
      new Promise((resolve) => {
        cometd.close();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return salesforce;
}

async function answer(org: Org, cometd: Cometd, cursors: Cursors, request: Request): Promise<Reply | 'reset' | 'never'> {
  const key = `${request.method} ${request.path.replace(/\/[a-zA-Z0-9]{18}(?=[/-]|$)/g, '/:id')}`;
  org.counters.byPath[key] = (org.counters.byPath[key] ?? 0) + 1;
  if (request.headBytes > 16_384) return html(request.query.toString().length > 16_000 ? 414 : 431, '<h1>Bad Message</h1>');
  const fault = org.faults.take(request.method, request.path);
  if (fault?.kind === 'reset' || fault?.kind === 'never') return fault.kind;
  if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
  if (fault?.kind === 'status') {
    const body = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body);
    return { status: fault.status, headers: { 'content-type': 'application/json;charset=UTF-8', ...fault.headers }, body };
  }
  const reply = (await cometd.handle(request)) ?? oauth(org, request) ?? rest(org, request, cursors);
  return fault?.kind === 'truncate' && reply !== 'reset' ? { ...reply, cutAt: fault.after } : reply;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}
