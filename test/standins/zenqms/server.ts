/** The stand-in as an HTTP server: contract, tokens, rate limit, faults, then the operation; its own answers are checked too. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { failure, type Answer } from './answer.ts';
import { OPERATIONS, readContract, type OperationId } from './contract.ts';
import { control } from './control.ts';
import { createFaults, faultAnswer, randomFrom, type Fault, type Faults } from './faults.ts';
import { handlers } from './operations.ts';
import { authenticate, checked, describe, header, readBody } from './request.ts';
import { type Token } from './seed.ts';
import { createRateLimiter, DEFAULTS, type Settings } from './settings.ts';
import { createStore, type Issue, type Store } from './store.ts';

export interface ZenqmsOptions {
  /** 0 (default): any free one. */
  readonly port?: number;
  readonly host?: string;
  readonly settings?: Partial<Settings>;
  readonly tokens?: readonly Token[];
  /** Makes the chance of faults repeatable. */
  readonly seed?: number;
  readonly now?: () => number;
}

/** Requests by operation, and the statuses they got; `contractProblems` must stay empty. */
export interface Counters {
  readonly operations: Record<OperationId, number>;
  readonly statuses: Record<string, number>;
  readonly issuesMade: number;
  readonly faultsShown: number;
  /** Most requests in work at one time. */
  readonly peakConcurrency: number;
  /** Answers of ours that broke the contract. */
  readonly contractProblems: readonly string[];
}

export interface Zenqms {
  readonly url: string;
  readonly settings: Settings;
  readonly store: Store;
  readonly faults: Faults;
  counters(): Counters;
  resetCounters(): void;
  issues(): Issue[];
  delete(issueId: string): boolean;
  close(): Promise<void>;
}

const contract = readContract();

export async function startZenqms(options: ZenqmsOptions = {}): Promise<Zenqms> {
  const now = options.now ?? Date.now;
  const store = createStore(now, options.tokens);
  const settings: Settings = { ...DEFAULTS, ...options.settings };
  const limiter = createRateLimiter(now);
  const faults = createFaults(randomFrom(options.seed ?? 1));
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let tally = emptyTally();
  let running = 0;

  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });

  /** null: the socket is left as it is; nothing will be answered. */
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<Answer | null> => {
    const url = new URL(request.url ?? '/', 'http://zenqms');
    const matched = contract.match(request.method ?? 'GET', url.pathname);
    if (matched.kind === 'unknown') return failure(404, 'not_found', `There is no ${url.pathname}`);
    if (matched.kind === 'wrong_method')
      return { ...failure(405, 'method_not_allowed', 'Not with this method'), headers: { allow: matched.allowed.join(', ') } };
    const { operation, path } = matched;
    tally.operations[operation.id] += 1;
    const read = await readBody(request);
    await pause(settings.latencyByOperation[operation.id] ?? settings.latencyMs, wait);
    const fault = faults.take(operation.id, read.kind === 'json' ? read.value : null);
    if (fault) tally.faultsShown += 1;
    const perform = (): Answer => {
      const token = authenticate(request, store);
      if (!('token' in token)) return token;
      const { headers, retryAfter } = limiter.take(token.token, settings.rateLimit);
      if (retryAfter !== null)
        return {
          ...failure(429, 'rate_limited', 'Too many requests'),
          headers: { ...headers, 'retry-after': String(retryAfter) },
        };
      const before = store.count();
      const answer = checked(contract, operation, request, url, read, (body, query) =>
        handlers[operation.id](store, token, { path, query, body, idempotencyKey: header(request, 'idempotency-key') }, settings),
      );
      tally.issuesMade += store.count() - before;
      const broken = contract.checkAnswer(operation, answer.status, answer.body);
      if (broken.length > 0) tally.contractProblems.push(`${operation.id} ${answer.status}: ${describe(broken)}`);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    };
    return fault ? spoil(fault, perform, response, wait) : perform();
  };

  const server = createServer((request, response) => {
    if (request.url?.startsWith('/__control')) return void control(zenqms, request, response);
    running += 1;
    tally.peakConcurrency = Math.max(tally.peakConcurrency, running);
    response.once('close', () => (running -= 1));
    void answerTo(request, response)
      .catch((error: unknown) => failure(500, 'internal', error instanceof Error ? error.message : String(error)))
      .then((answer) => {
        if (answer === null || response.destroyed) return;
        tally.statuses[answer.status] = (tally.statuses[answer.status] ?? 0) + 1;
        send(response, answer);
      });
  });
  server.keepAliveTimeout = 65_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const { port, address } = server.address() as AddressInfo;

  const zenqms: Zenqms = {
    url: `http://${address}:${port}`,
    settings,
    store,
    faults,
    counters: () => structuredClone(tally),
    resetCounters: () => void (tally = emptyTally()),
    issues: () => store.all(),
    delete: (id) => store.delete(id),
    close: () =>
      new Promise((resolve, reject) => {
        for (const timer of timers) clearTimeout(timer);
        server.close((error) => (error ? reject(error) : resolve()));
        for (const socket of sockets) socket.destroy();
      }),
  };
  return zenqms;
}

async function spoil(
  fault: Fault,
  perform: () => Answer,
  response: ServerResponse,
  wait: (ms: number) => Promise<void>,
): Promise<Answer | null> {
  if (fault.kind === 'slow') {
    if (fault.committed) {
      const answer = perform();
      await wait(fault.ms);
      return answer;
    }
    await wait(fault.ms);
    return response.destroyed ? null : perform();
  }
  const answer = fault.committed || fault.kind === 'truncated' ? perform() : null;
  switch (fault.kind) {
    case 'never_answer':
      return null;
    case 'reset':
      response.socket?.resetAndDestroy();
      return null;
    case 'truncated': {
      const text = JSON.stringify(answer!.body);
      response.writeHead(answer!.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.write(text.slice(0, Math.floor(text.length / 2)), () => response.socket?.destroy());
      return null;
    }
    default:
      return faultAnswer(fault);
  }
}

function send(response: ServerResponse, answer: Answer): void {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    ...answer.headers,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

type Tally = { -readonly [K in keyof Counters]: Counters[K] } & { contractProblems: string[] };

function emptyTally(): Tally {
  const operations = Object.fromEntries(OPERATIONS.map((id) => [id, 0])) as Record<OperationId, number>;
  return { operations, statuses: {}, issuesMade: 0, faultsShown: 0, peakConcurrency: 0, contractProblems: [] };
}

const pause = (ms: number, wait: (ms: number) => Promise<void>): Promise<void> | undefined => (ms > 0 ? wait(ms) : undefined);

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
