/** The stand-in for one Salesforce org: login, REST, Tooling and CometD on one address. */
import { type Server, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fullAccess } from './access.ts';
import { createBus } from './bus.ts';
import { type ChangeEventPayload, emit } from './change-events.ts';
import { type Cometd, createCometd } from './cometd.ts';
import { control } from './control.ts';
import { createHttpFaults } from './faults.ts';
import { type Reply, type Request, json, readRequest, write } from './http.ts';
import { oauth } from './oauth.ts';
import type { Org } from './org.ts';
import { type Cursors, rest } from './rest.ts';
import { type App, createSessions } from './sessions.ts';
import { createStore } from './store.ts';

export interface SalesforceOptions {
  port?: number;
  host?: string;
  orgId?: string;
  sandbox?: boolean;
  multiCurrency?: boolean;
  now?: () => number;
  /** How long a connect waits for events: 110 s, as the real one; tests may shorten it. */
  connectTimeoutMs?: number;
  /** Most events in one answer. */
  batch?: number;
  retentionMs?: number;
  accessTokenMs?: number;
  app?: Partial<App>;
  apiMax?: number;
  eventsMax?: number;
  /** Changes of one entity in a transaction above which there is a GAP_OVERFLOW. */
  overflowAt?: number;
  /** false: change events come without changedFields. */
  changedFields?: boolean;
}

export interface Salesforce {
  url: string;
  org: Org;
  cometd: Cometd;
  db: Org['store'];
  app: App;
  /** Who makes the changes, as changeOrigin says. */
  origin: { value: string };
  /** A hand-made event: a gap, an overflow, or nonsense. */
  publish(event: string, payload: ChangeEventPayload | Record<string, unknown>): void;
  /** Forgets events as the retention window does. */
  age(ms: number): void;
  /** Follows the authorize page as a user who presses the button; returns the redirect to the callback, or the page shown instead. */
  authorizeInBrowser(authorizeUrl: string, decision?: 'allow' | 'deny'): Promise<{ location: string | null; page: string }>;
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
      bus.publish(emitted, now());
    },
  });
  const orgId = options.orgId ?? '00D5x000001ZenQEAS';
  const org: Org = {
    orgId,
    name: 'Med Device Inc.',
    sandbox: options.sandbox ?? false,
    multiCurrency: options.multiCurrency ?? false,
    user,
    app: {
      clientId: '3MVG9stand.in_consumer_key',
      clientSecret: 'A1B2C3D4E5F6standinsecret',
      redirectUris: null,
      rotateRefreshTokens: true,
      ...options.app,
    },
    access: fullAccess(),
    store,
    bus,
    sessions: createSessions({ orgId, now, accessTokenMs: () => options.accessTokenMs ?? 2 * HOUR }),
    faults: createHttpFaults(),
    counters: {
      apiCalls: 0,
      byPath: {},
      cometd: { handshakes: 0, connects: 0, subscribes: 0 },
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
    url: () => url,
  };
  seedPeople(org);
  const cometd = createCometd(org, { timeoutMs: options.connectTimeoutMs ?? 110_000, batch: options.batch ?? 500, now });
  const cursors: Cursors = { next: 0, pages: new Map() };
  const sockets = new Set<Socket>();
  let url = '';

  const answer = async (request: Request): Promise<Reply | 'reset' | 'never'> => {
    const key = `${request.method} ${request.path.replace(/\/[a-zA-Z0-9]{18}(?=\/|$)/g, '/:id')}`;
    org.counters.byPath[key] = (org.counters.byPath[key] ?? 0) + 1;
    if (request.headBytes > 16_384) return json(request.query.toString().length > 16_000 ? 414 : 431, 'URI Too Long');
    const fault = org.faults.take(request.method, request.path);
    if (fault?.kind === 'reset' || fault?.kind === 'never') return fault.kind;
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === 'status') {
      const body = typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body);
      return { status: fault.status, headers: { 'content-type': 'application/json;charset=UTF-8', ...fault.headers }, body };
    }
    const bayeux = await cometd.handle(request);
    return bayeux ?? oauth(org, request) ?? rest(org, request, cursors);
  };

  const server = createServer((message, response) => {
    readRequest(message)
      .then(async (request) => {
        if (request.path.startsWith('/__control')) return write(response, control(salesforce, request));
        const reply = await answer(request);
        if (reply === 'reset') message.socket.destroy();
        else if (reply !== 'never') write(response, reply);
      })
      .catch((error: unknown) => write(response, json(500, [{ errorCode: 'UNKNOWN_EXCEPTION', message: String(error) }])));
  });
  server.keepAliveTimeout = 125_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const { port, address } = server.address() as AddressInfo;
  url = `http://${address}:${port}`;

  const salesforce: Salesforce = {
    url,
    org,
    cometd,
    db: store,
    app: org.app,
    origin,
    publish: (event, payload) => {
      const header = (payload as { ChangeEventHeader?: { entityName?: string } }).ChangeEventHeader;
      bus.publish(
        [{ event, entity: header?.entityName ?? event.replace(/ChangeEvent$/, ''), payload: payload as ChangeEventPayload }],
        now(),
      );
    },
    age: (ms) => bus.age(now() - ms),
    authorizeInBrowser: (authorizeUrl, decision = 'allow') => pressButton(authorizeUrl, decision),
    close: () =>
      new Promise((resolve) => {
        cometd.close();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return salesforce;
}

function seedPeople(org: Org): void {
  const { store } = org;
  const profile = store.insert('Profile', { Name: 'Minimum Access - API Only Integrations' });
  const [FirstName, LastName] = ['ZenQMS', 'Integration'];
  const id = store.insert('User', {
    FirstName,
    LastName,
    Username: org.user.username,
    Email: org.user.email,
    IsActive: true,
    ProfileId: profile,
  });
  org.user.id = id;
  store.insert('Group', { Name: 'Complaint Queue', DeveloperName: 'Complaint_Queue' });
  const organization = store.insert('Organization', {
    Name: org.name,
    IsSandbox: org.sandbox,
    OrganizationType: 'Enterprise Edition',
    InstanceName: 'EU99',
  });
  const record = store.get('Organization', organization);
  if (record) record.values['Id'] = org.orgId;
}

async function pressButton(authorizeUrl: string, decision: 'allow' | 'deny'): Promise<{ location: string | null; page: string }> {
  const shown = await fetch(authorizeUrl, { redirect: 'manual' });
  if (shown.status === 302) return { location: shown.headers.get('location'), page: '' };
  const page = await shown.text();
  if (!page.includes('decide')) return { location: null, page };
  const form = new URLSearchParams(new URL(authorizeUrl).searchParams);
  form.set('decision', decision);
  const decided = await fetch(new URL('/services/oauth2/authorize/decide', authorizeUrl), {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  return { location: decided.headers.get('location'), page: decided.status === 302 ? '' : await decided.text() };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}
