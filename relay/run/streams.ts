/**
 * Who listens to which org. Each relay looks every few seconds at the orgs that have active integrations, takes its share of the streams
 * that nobody has, renews its own, and leaves those that it lost, that nobody needs, or that another relay has room for.
 */
import type { Db } from '../db/connect.ts';
import { type WantedOrg, gone, seen, wantedOrgs } from '../inbox/instances.ts';
import { acquireStream, allCovered, releaseStream, renewStreams } from '../inbox/lease.ts';
import type { Log } from './log.ts';
import { type OrgStream, type OrgStreamOptions, openOrgStream } from './org-stream.ts';
import { allotted, evenShare, surplus } from './share.ts';

export interface Streams {
  /**
   * Integrations of the org came, went, paused or changed: look now.
   * @returns whether all that the active ones need is listened to; waits for it, at most `waitMs`
   */
  changed(connectionId: string, waitMs: number): Promise<boolean>;
  owned(): readonly string[];
  /** Drops the stream of an org and takes it up again from what is stored; for a connection that was authorised anew. */
  restart(connectionId: string): Promise<void>;
  stop(): Promise<void>;
}

export interface StreamsOptions extends Omit<OrgStreamOptions, 'lease' | 'lost' | 'objects' | 'alone'> {
  readonly db: Db;
  readonly owner: string;
  readonly ttlMs: number;
  readonly lookMs: number;
  readonly log: Log;
}

/** After a stream came back that nobody else would take, none is let go for as long. */
const CALM_MS = 5 * 60_000;
/** A lease is renewed when a third of it is over. */
const RENEWALS = 3;
/** Each is a handshake and some calls; what is left over is taken at the next look, by whoever has room. */
const TAKES_A_LOOK = 200;

export function startStreams(options: StreamsOptions): Streams {
  const { db, log, owner, ttlMs, lookMs } = options;
  const mine = new Map<string, { stream: OrgStream; token: string; renewedAt: number }>();
  /** Since when nobody listens to an org, as far as this relay has seen. */
  const freeSince = new Map<string, number>();
  const leaving = new Map<string, Promise<void>>();
  /** Dropped to be taken up again here. */
  const keep = new Set<string>();
  /** That are alive, as of the last look. */
  let relays = 1;
  let calmUntil = 0;
  let stopping = false;
  let looking: Promise<void> | null = null;
  let again = false;

  const leave = (connectionId: string, release: boolean): Promise<void> => {
    const known = mine.get(connectionId);
    if (!known) return Promise.resolve();
    mine.delete(connectionId);
    const left = (async () => {
      await known.stream.stop();
      if (release) await releaseStream(db, { connectionId, token: known.token }).catch(() => undefined);
    })();
    leaving.set(connectionId, left);
    const done = (): void => {
      if (leaving.get(connectionId) === left) leaving.delete(connectionId);
    };
    left.then(done, done);
    return left;
  };

  /** All in one statement: thousands of streams must not be as many statements at each look. */
  const renew = async (): Promise<void> => {
    const asked = performance.now();
    const held = [...mine].filter(([, known]) => asked - known.renewedAt >= ttlMs / RENEWALS);
    const renewed = await renewStreams(
      db,
      held.map(([connectionId, { token }]) => ({ connectionId, token })),
      ttlMs,
    );
    for (const [connectionId, known] of held) {
      if (renewed.has(connectionId)) known.renewedAt = asked;
      else if (mine.get(connectionId) === known) {
        log.warn({ connection: connectionId }, 'the stream went to another relay');
        void leave(connectionId, false).catch(() => undefined);
      }
    }
  };

  const attend = async (connectionId: string, org: WantedOrg | undefined): Promise<void> => {
    if (!org) return leave(connectionId, true);
    await mine.get(connectionId)?.stream.setObjects(org.objects, org.starting);
  };

  const take = async (connectionId: string, objects: readonly string[]): Promise<void> => {
    const renewedAt = performance.now();
    const lease = await acquireStream(db, connectionId, owner, ttlMs);
    if (!lease) return;
    keep.delete(connectionId);
    log.info({ connection: connectionId, objects }, 'listening to the org');
    const lost = (): void => void leave(connectionId, false).catch(() => undefined);
    mine.set(connectionId, {
      stream: openOrgStream({ ...options, lease, lost, objects, alone: () => relays <= 1 }),
      token: lease.token,
      renewedAt,
    });
  };

  /** What was free for so many looks. Whoever it was allotted to may live without being able to listen, or have died since. */
  const leftAlone = (free: readonly string[], looks: number): Set<string> => {
    const now = performance.now();
    for (const id of freeSince.keys()) if (!free.includes(id)) freeSince.delete(id);
    for (const id of free) if (!freeSince.has(id)) freeSince.set(id, now);
    return new Set(free.filter((id) => now - (freeSince.get(id) ?? now) > lookMs * (looks - 0.5)));
  };

  const lookOnce = async (): Promise<void> => {
    const held = await seen(db, owner, ttlMs);
    const orgs = await wantedOrgs(db);
    const wanted = new Map(orgs.map((org) => [org.connectionId, org]));
    const free = orgs.flatMap((org) => (org.free && !mine.has(org.connectionId) ? [org.connectionId] : []));
    held.set(owner, mine.size);
    relays = held.size;
    const own = new Set([...allotted(owner, { held, free }), ...free.filter((id) => keep.has(id))]);
    // First it is anybody's who has room, then anybody's.
    const orphans = leftAlone(free, mine.size < evenShare({ held, free }) ? 1 : 2);
    const tooMany = performance.now() > calmUntil ? surplus(owner, { held, free: [...free, ...leaving.keys()] }) : 0;
    const guarded = (connectionId: string, work: Promise<void>): Promise<void> =>
      work.catch((error: unknown) => log.warn({ err: error, connection: connectionId }, 'could not look after a stream'));
    await renew();
    const taken = free.filter((id) => own.has(id) || orphans.has(id)).slice(0, TAKES_A_LOOK);
    await Promise.all([
      ...[...mine.keys()].map((id) => guarded(id, attend(id, wanted.get(id)))),
      ...taken.map((id) => guarded(id, take(id, wanted.get(id)?.objects ?? []))),
    ]);
    for (const id of keep) if (!free.includes(id)) keep.delete(id);
    if (mine.size > evenShare({ held, free }) && [...orphans].some((id) => mine.has(id))) calmUntil = performance.now() + CALM_MS;
    if (stopping) return;
    for (const id of tooMany > 0 ? [...mine.keys()].slice(-tooMany) : []) {
      log.info({ connection: id, held: mine.size, relays: held.size }, 'the stream is left to a relay that has fewer');
      // Not waited for: one that takes long to leave must not keep the others from being renewed.
      void guarded(id, leave(id, true));
    }
  };

  // One look at a time: two at once could take the same stream twice.
  const look = (): Promise<void> => {
    if (stopping) return Promise.resolve();
    if (looking) {
      again = true;
      return looking;
    }
    looking = (async () => {
      do {
        again = false;
        await lookOnce().catch((error: unknown) => log.warn({ err: error }, 'could not look after the streams'));
      } while (again && !stopping);
      looking = null;
    })();
    return looking;
  };

  const timer = setInterval(() => void look(), lookMs);
  // Apart from the database: a relay that can't renew must stop reading before its lease ends, because another may have it then.
  const guard = setInterval(() => {
    for (const [connectionId, known] of mine) {
      if (performance.now() - known.renewedAt > ttlMs * 0.9) void leave(connectionId, false).catch(() => undefined);
    }
  }, 250);
  void look();

  return {
    changed: async (connectionId, waitMs) => {
      const deadline = performance.now() + waitMs;
      void look();
      for (;;) {
        if (await allCovered(db, connectionId)) return true;
        if (performance.now() >= deadline || stopping) return false;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    owned: () => [...mine.keys()],
    restart: async (connectionId) => {
      const own = mine.has(connectionId);
      await leave(connectionId, true);
      if (own) keep.add(connectionId);
      void look();
    },
    stop: async () => {
      stopping = true;
      clearInterval(timer);
      clearInterval(guard);
      await looking?.catch(() => undefined);
      // First of all: what comes free must not be allotted to this one.
      const ended = gone(db, owner).catch(() => undefined);
      for (const connectionId of mine.keys()) void leave(connectionId, true).catch(() => undefined);
      await Promise.all([ended, Promise.allSettled(leaving.values())]);
    },
  };
}
