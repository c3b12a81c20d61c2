/** Builds the parts and joins them. Data flows one way: streams → inbox → worker → pipeline → ZenQMS; the API stands beside it. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type DriftWatch, startDriftWatch } from '../checks/drift-watch.ts';
import { hostRule } from '../connections/hosts.ts';
import { salesforceConnection } from '../connections/salesforce-connections.ts';
import type { Keyring } from '../connections/secrets.ts';
import { zenqmsConnection, zenqmsCredentials } from '../connections/zenqms-connections.ts';
import type { Database, Db } from '../db/connect.ts';
import type { Env } from '../env.ts';
import { bulkGuard } from '../inbox/bulk-guard.ts';
import { requestCatchUp } from '../inbox/catch-ups.ts';
import { routeFor } from '../inbox/route.ts';
import type { Sides } from '../integrations/validate/index.ts';
import type { SalesforceCatalog, ZenqmsCatalog } from '../model/catalog.ts';
import { journey } from '../pipeline.ts';
import { type Accounts, accounts } from './accounts.ts';
import { startBlackouts } from './blackouts.ts';
import { deliverTo } from './deliver-to.ts';
import { fetcher } from './fetch.ts';
import { type Holds, holds } from './holds.ts';
import { type MappingFactsOf, mappingFactsOf } from './mapping-facts.ts';
import { type Metrics, metrics } from './metrics.ts';
import { type Preparer, preparer } from './prepare.ts';
import { salesforceSide } from './salesforce-side.ts';
import { type Schedule, startSchedule } from './schedule.ts';
import type { Sessions } from './sessions.ts';
import { settling } from './settling.ts';
import { type Streams, startStreams } from './streams.ts';
import { type Sweeper, startSweeper } from './sweep.ts';
import { mayHaveBroken, streamBroke } from './unheard.ts';
import { within } from './within.ts';
import { type Worker, startWorker } from './worker.ts';
import { zenqmsCatalog } from './zenqms-catalog.ts';

export interface Relay {
  readonly env: Env;
  readonly db: Db;
  readonly log: Logger;
  readonly keyring: Keyring;
  readonly now: () => Date;
  readonly publicUrl: () => string;
  readonly checkHost: (url: string) => string;
  readonly checkOrigin: (url: string) => void;
  readonly salesforce: SalesforceCatalog;
  readonly zenqms: ZenqmsCatalog;
  readonly sides: Sides;
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  readonly salesforceHolds: Holds;
  readonly zenqmsHolds: Holds;
  readonly preparer: Preparer;
  readonly mappingFacts: MappingFactsOf;
  readonly streams: Streams;
  readonly worker: Worker;
  readonly sweeper: Sweeper;
  readonly metrics: Metrics;
  readonly draining: () => boolean;
  /** Stops reading, finishes what is in hand or leaves it to its retry, and lets go of everything that others may take. */
  stop(): Promise<void>;
}

/** Deliveries of one batch, and under way at once: what bounds the memory. */
const BATCH = 500;
/** More than `ENOUGH` and a batch: what one account may hold at most leaves room for others' work. */
const UNDER_WAY = 2_000;
/** For one ZenQMS connection: two batches, so that the next is fetched, claimed and looked up while one is posted. */
const ENOUGH = 1_000;
/** What a relay that died had in hand comes back to the others after as long; a living one renews it. */
const DELIVERY_LEASE_MS = 30_000;
/** How long a claim that was taken may wait for its turn to be posted. */
const CLAIM_LEASE_MS = 30_000;
/** ZenQMS may carry a POST out late, and its search may lag behind: so long after the POST's time limit nothing is sent again. */
const SEARCH_LAG_MS = 15_000;
const STREAM_TTL_MS = 12_000;
const STREAM_LOOK_MS = 2_000;
const POLL_MS = 250;

export function startRelay(parts: {
  env: Env;
  database: Database;
  keyring: Keyring;
  log: Logger;
  publicUrl: () => string;
}): Relay {
  const { env, database, keyring, log } = parts;
  const { db } = database;
  const now = (): Date => new Date();
  const jitter = Math.random;
  let draining = false;
  const checkHost = hostRule(env.allowedHosts);
  // At use it is the host that counts; paths and queries are the relay's own.
  const checkOrigin = (url: string): void => void checkHost(new URL(url).origin);

  const org = salesforceSide({ database, keyring, checkHost: checkOrigin, timeoutMs: env.salesforceTimeoutMs, log, now, jitter });
  const { catalog: salesforce, session, failed, trouble } = org;
  const zenqmsHolds = holds('zenqms_connection', { db, log, now, jitter });
  const accountsInUse = accounts({
    db,
    credentials: async (id) => {
      const credentials = await zenqmsCredentials(db, keyring, id);
      if (!credentials) throw new Error('it was deleted');
      return credentials;
    },
    checkHost,
    holds: zenqmsHolds,
    connections: env.deliveryConcurrency,
    timeoutMs: env.zenqmsTimeoutMs,
    draining: () => draining,
    now,
  });
  const zenqms = zenqmsCatalog(accountsInUse, now);
  const sides: Sides = {
    salesforce,
    zenqms,
    salesforceConnection: (id) => salesforceConnection(db, id),
    zenqmsConnection: (id) => zenqmsConnection(db, id),
  };

  const measured: Metrics = metrics(db, {
    inHand: () => worker.inHand,
    limits: () =>
      accountsInUse.all().map(({ connectionId, limiter }) => ({ connectionId, limit: limiter.limit, inUse: limiter.inUse })),
  });
  const { put, drain } = settling({
    db,
    counted: measured.settled,
    settled: (delivery) => worker.settled(delivery),
  });

  const mappingFacts = mappingFactsOf({ salesforce, zenqms, allUsers: zenqms.allUsers });
  const prepared = preparer({
    db,
    salesforce,
    mappingFacts,
    trouble,
    stillBlocked: async (id) => (await drift.checkOne(id))?.some((problem) => problem.blocking) ?? false,
  });
  const deliver = deliverTo({
    db,
    accounts: accountsInUse,
    holds: zenqmsHolds,
    settle: put,
    newFence: randomUUID,
    claimLeaseMs: CLAIM_LEASE_MS,
    searchLagMs: env.zenqmsTimeoutMs + SEARCH_LAG_MS,
    draining: () => draining,
    now,
    jitter,
  });
  const fetchRecords = fetcher({ salesforce, settle: put, trouble });
  const worker: Worker = startWorker({
    db,
    process: (batch) =>
      journey(batch, {
        prepare: prepared.prepare,
        fetch: fetchRecords,
        deliverTo: deliver,
        settle: put,
        searchInstead: async (delivery, { id }) => {
          const at = new Date(delivery.event.eventAt).getTime();
          await requestCatchUp(db, {
            integrationId: id,
            cause: 'gap',
            since: new Date(at - 10 * 60_000),
            until: new Date(at + 60_000),
          });
          sweeper.kick();
        },
        now,
      }),
    log,
    newLease: randomUUID,
    batch: BATCH,
    most: UNDER_WAY,
    enough: ENOUGH,
    leaseMs: DELIVERY_LEASE_MS,
    pollMs: POLL_MS,
    tidyMs: 5_000,
  });
  const sweeper: Sweeper = startSweeper({
    db,
    salesforce,
    priorPathsOf: prepared.priorFields,
    readBy: (target) => prepared.compiled(target.id, target.connectionId, target.definition, target.revision),
    session,
    arrived: () => worker.kick(),
    silentStream: (id) => {
      log.error({ connection: id }, 'the query found changes that the stream did not bring; the stream is taken up anew');
      void streams.restart(id).catch(() => undefined);
    },
    mismatch: (integrationId, day, missing) => {
      measured.mismatch(integrationId, missing);
      log.error({ integration: integrationId, day, missing }, 'records without an outcome were found and are being worked off');
    },
    failed,
    log,
    leaseMs: 60_000,
    pollMs: 2_000,
  });
  const guard = bulkGuard();
  const streams: Streams = startStreams({
    db,
    owner: `${env.host}/${process.pid}/${randomUUID().slice(0, 8)}`,
    ttlMs: STREAM_TTL_MS,
    lookMs: STREAM_LOOK_MS,
    session,
    route: (id) => routeFor(id, { priorPaths: prepared.priorPaths, bulkGuard: guard }),
    warm: prepared.warm,
    reserve: worker.reserve,
    roomFor: worker.roomFor,
    gap: async (id, since, message) => {
      const stretch = { from: since, to: now() };
      if (message === null) await mayHaveBroken(db, id, stretch);
      else {
        await streamBroke(db, id, stretch);
        measured.positionLost(id);
        log.error(
          { connection: id, since: since.toISOString() },
          `the stream no longer reaches back to what was stored: ${message}`,
        );
      }
      sweeper.kick();
    },
    failed,
    eventBudget: org.eventBudget,
    log,
    now,
  });
  const drift: DriftWatch = startDriftWatch({
    db,
    sides,
    now,
    intervalMs: 15 * 60_000,
    onChange: (change) => log.warn({ ...change }, 'what an integration refers to has changed'),
    onError: (integration, error) => log.warn({ integration, err: error }, 'an integration could not be checked'),
  });
  const blackouts = startBlackouts({
    db,
    holds: { salesforce_connection: org.holds, zenqms_connection: zenqmsHolds },
    now,
    log,
  });
  const schedule: Schedule = startSchedule({ db, now, log, asked: () => sweeper.kick() });

  return {
    env,
    db,
    log,
    keyring,
    now,
    publicUrl: parts.publicUrl,
    checkHost,
    checkOrigin,
    salesforce,
    zenqms,
    sides,
    sessions: org.sessions,
    accounts: accountsInUse,
    salesforceHolds: org.holds,
    zenqmsHolds,
    preparer: prepared,
    mappingFacts,
    streams,
    worker,
    sweeper,
    metrics: measured,
    draining: () => draining,
    stop: async () => {
      draining = true;
      await within(
        STOP_MS,
        Promise.all([
          schedule.stop(),
          blackouts.stop(),
          org.budget.stop(),
          drift.stop(),
          streams.stop(),
          sweeper.stop(),
          worker.stop(),
        ]),
      );
      await within(SETTLE_MS, drain());
      // What is still under way now is left to its lease, and looked up by whoever takes it.
      await within(CLOSE_MS, Promise.all([accountsInUse.close(), org.sessions.close()]));
    },
  };
}

/** Together with the closing of the database below the ten seconds that a stop may take. */
const STOP_MS = 6_500;
const SETTLE_MS = 1_000;
const CLOSE_MS = 500;
