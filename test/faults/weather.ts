/** What goes wrong, in an order that a seed decides. */
import type { Salesforce } from '../standins/salesforce/server.ts';
import type { Zenqms } from '../standins/zenqms/server.ts';
import type { Proxy } from './proxy.ts';

export interface Fleet {
  /** kill -9, and a new one a little later. */
  kill(index: number, backAfterMs: number): void;
  /** SIGSTOP, and SIGCONT a little later. */
  freeze(index: number, ms: number): void;
  readonly size: number;
}

export interface Scene {
  readonly fleet: Fleet;
  readonly salesforce: Salesforce;
  readonly zenqms: Zenqms;
  readonly toSalesforce: Proxy;
  readonly toZenqms: Proxy;
  readonly toDatabase: readonly Proxy[];
  /** Records that come into being without an event of their own. */
  readonly gap: (kind: 'GAP_CREATE' | 'GAP_OVERFLOW') => void;
}

/** Repeatable, 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Fault = readonly [weight: number, name: string, strike: (scene: Scene, random: () => number) => void];

const between = (random: () => number, from: number, to: number): number => Math.round(from + random() * (to - from));
const anyOf = (random: () => number, size: number): number => Math.min(size - 1, Math.floor(random() * size));

const FAULTS: readonly Fault[] = [
  [3, 'kill -9', ({ fleet }, random) => fleet.kill(anyOf(random, fleet.size), between(random, 500, 3_000))],
  [3, 'freeze', ({ fleet }, random) => fleet.freeze(anyOf(random, fleet.size), between(random, 1_000, 18_000))],
  [2, 'cut from Salesforce', ({ toSalesforce }, random) => toSalesforce.down(between(random, 100, 3_000))],
  [1, 'Salesforce half open', ({ toSalesforce }, random) => toSalesforce.halfOpen(between(random, 500, 4_000))],
  [2, 'cut from ZenQMS', ({ toZenqms }) => toZenqms.cut()],
  [1, 'ZenQMS away', ({ toZenqms }, random) => toZenqms.down(between(random, 200, 2_500))],
  [1, 'ZenQMS half open', ({ toZenqms }, random) => toZenqms.halfOpen(between(random, 500, 3_000))],
  [
    2,
    'cut from the database',
    ({ toDatabase }, random) => toDatabase[anyOf(random, toDatabase.length)]?.down(between(random, 100, 4_000)),
  ],
  [
    1,
    'database half open',
    ({ toDatabase }, random) => toDatabase[anyOf(random, toDatabase.length)]?.halfOpen(between(random, 500, 5_000)),
  ],
  [
    1,
    'slow network',
    ({ toZenqms, toSalesforce }, random) => [toZenqms, toSalesforce].forEach((proxy) => proxy.delay(between(random, 0, 60))),
  ],
  [2, 'tokens expire', ({ salesforce }) => salesforce.org.sessions.expireAccessTokens()],
  [2, 'unknown client', ({ salesforce }) => salesforce.cometd.forgetClients()],
  [1, 'server disconnects', ({ salesforce }) => salesforce.cometd.disconnectClients()],
  [
    1,
    'events age out',
    ({ salesforce }) => {
      salesforce.age(-1_000);
      salesforce.cometd.forgetClients();
    },
  ],
  [2, 'gap', ({ gap }) => gap('GAP_CREATE')],
  [1, 'overflow', ({ gap }) => gap('GAP_OVERFLOW')],
  [
    3,
    'never answers, done',
    ({ zenqms }, random) =>
      zenqms.faults.add({ kind: 'never_answer', operation: 'createIssue', committed: true, times: between(random, 1, 8) }),
  ],
  [
    2,
    'never answers, not done',
    ({ zenqms }, random) =>
      zenqms.faults.add({ kind: 'never_answer', operation: 'createIssue', committed: false, times: between(random, 1, 4) }),
  ],
  [
    2,
    'reset, done',
    ({ zenqms }, random) =>
      zenqms.faults.add({ kind: 'reset', operation: 'createIssue', committed: true, times: between(random, 1, 8) }),
  ],
  [2, '500', ({ zenqms }, random) => zenqms.faults.add({ kind: 'status', status: 500, times: between(random, 1, 10) })],
  [
    1,
    'HTML from a proxy',
    ({ zenqms }, random) => zenqms.faults.add({ kind: 'html', status: 502, times: between(random, 1, 4) }),
  ],
  [
    2,
    '429',
    ({ zenqms }, random) =>
      zenqms.faults.add({ kind: 'rate_limited', retryAfter: between(random, 1, 2), times: between(random, 1, 3) }),
  ],
];

export const FAULT_NAMES: readonly string[] = FAULTS.map(([, name]) => name);

/** Strikes now and then until `stopped`. @param often strikes ten times as often @returns how often each did */
export async function weather(
  scene: Scene,
  random: () => number,
  stopped: () => boolean,
  often: string | null,
): Promise<Map<string, number>> {
  const struck = new Map<string, number>();
  const faults = FAULTS.map(([weight, name, strike]) => [name === often ? weight * 10 : weight, name, strike] as const);
  const total = faults.reduce((sum, [weight]) => sum + weight, 0);
  while (!stopped()) {
    await new Promise((resolve) => setTimeout(resolve, between(random, 200, 1_200)));
    let at = random() * total;
    const fault = faults.find(([weight]) => (at -= weight) < 0) ?? faults[0];
    if (!fault || stopped()) continue;
    struck.set(fault[1], (struck.get(fault[1]) ?? 0) + 1);
    fault[2](scene, random);
  }
  return struck;
}
