/**
 * Who listens to which org. Each relay looks every few seconds at the orgs that have active integrations, takes the streams that
 * nobody has, renews its own, and leaves those that it lost or that nobody needs.
 */
import type { Db } from '../db/connect.ts';
import { acquireStream, allCovered, releaseStream, renewStream } from '../inbox/lease.ts';
import type { Log } from './log.ts';
import { type OrgStream, type OrgStreamOptions, openOrgStream } from './org-stream.ts';

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

export interface StreamsOptions extends Omit<OrgStreamOptions, 'lease' | 'lost' | 'objects'> {
  readonly db: Db;
  readonly owner: string;
  readonly ttlMs: number;
  readonly log: Log;
}

export function startStreams(options: StreamsOptions): Streams {
  const { db, log, ttlMs } = options;
  const mine = new Map<string, { stream: OrgStream; token: string; renewedAt: number }>();
  let stopping = false;
  let looking: Promise<void> | null = null;
  let again = false;

  const leave = async (connectionId: string, release: boolean): Promise<void> => {
    const known = mine.get(connectionId);
    if (!known) return;
    mine.delete(connectionId);
    await known.stream.stop();
    if (release) await releaseStream(db, { connectionId, token: known.token }).catch(() => undefined);
  };

  const visit = async (connectionId: string, objects: readonly string[]): Promise<void> => {
    const known = mine.get(connectionId);
    if (known) {
      if (objects.length === 0) return leave(connectionId, true);
      const asked = performance.now();
      if (!(await renewStream(db, { connectionId, token: known.token }, ttlMs))) {
        log.warn({ connection: connectionId }, 'the stream went to another relay');
        return leave(connectionId, false);
      }
      known.renewedAt = asked;
      await known.stream.setObjects(objects);
      return;
    }
    if (objects.length === 0) return;
    const renewedAt = performance.now();
    const lease = await acquireStream(db, connectionId, options.owner, ttlMs);
    if (!lease) return;
    log.info({ connection: connectionId, objects }, 'listening to the org');
    const lost = (): void => void leave(connectionId, false).catch(() => undefined);
    mine.set(connectionId, { stream: openOrgStream({ ...options, lease, lost, objects }), token: lease.token, renewedAt });
  };

  const lookOnce = async (): Promise<void> => {
    const wanted = await wantedObjects(db);
    for (const connectionId of mine.keys()) if (!wanted.has(connectionId)) wanted.set(connectionId, []);
    await Promise.all(
      [...wanted].map(([connectionId, objects]) =>
        visit(connectionId, objects).catch((error: unknown) =>
          log.warn({ err: error, connection: connectionId }, 'could not look after a stream'),
        ),
      ),
    );
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

  const timer = setInterval(() => void look(), Math.max(200, Math.min(2_000, ttlMs / 3)));
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
      await leave(connectionId, true);
      void look();
    },
    stop: async () => {
      stopping = true;
      clearInterval(timer);
      clearInterval(guard);
      await looking?.catch(() => undefined);
      await Promise.all([...mine.keys()].map((connectionId) => leave(connectionId, true)));
    },
  };
}

/** What the active integrations of each authorised org listen to. */
async function wantedObjects(db: Db): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('integration')
    .innerJoin('salesforce_connection as s', 's.id', 'integration.salesforce_connection_id')
    .select(['s.id', 'integration.object'])
    .distinct()
    .where('integration.status', 'in', ['active', 'starting'])
    .where('s.status', 'in', ['connected', 'unreachable'])
    .orderBy('s.id')
    .orderBy('integration.object')
    .execute();
  const wanted = new Map<string, string[]>();
  for (const row of rows) wanted.set(row.id, [...(wanted.get(row.id) ?? []), row.object]);
  return wanted;
}
