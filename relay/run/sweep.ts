/**
 * Catch-up: what the stream did not bring is found by query, window by window, and goes the same way as an event. What the stream
 * did bring is left alone, and the claim ledger would stop a second Issue anyway. The scheduled sweeps are the reconciliation too.
 */
import type { Db } from '../db/connect.ts';
import { readBaseline } from './baseline.ts';
import { type ReadBy, withoutCreations } from './beside-creation.ts';
import {
  type CatchUp,
  type FoundChange,
  endCatchUp,
  noteProgress,
  postponeCatchUp,
  takeCatchUp,
  unknownChanges,
} from '../inbox/catch-ups.ts';
import { receive } from '../inbox/receive.ts';
import type { Route, Routed } from '../inbox/receive.ts';
import { isHeldBack } from '../inbox/lease.ts';
import { saveReconciliation, standing } from '../inbox/reconciliations.ts';
import type { SalesforceCatalog } from '../model/catalog.ts';
import type { ChangeEvent } from '../model/event.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { type ChangedRow, queryChanged } from '../salesforce/changes-query.ts';
import type { Session } from '../salesforce/session.ts';
import type { Log } from './log.ts';

export interface SweeperOptions {
  readonly db: Db;
  readonly salesforce: SalesforceCatalog;
  readonly priorPathsOf: (integrationId: string) => readonly { readonly event: string; readonly rest: string }[];
  /** What an integration's filter formula reads; a string: why it can't be used. */
  readonly readBy: (target: Target) => Promise<ReadBy | string>;
  readonly session: (connectionId: string) => Promise<Session>;
  readonly arrived: () => void;
  /** The stream has been silent while the query finds changes that it should have brought. */
  readonly silentStream: (connectionId: string) => void;
  readonly mismatch: (integrationId: string, day: string, missing: number) => void;
  readonly failed: (connectionId: string, error: unknown) => Promise<void>;
  readonly log: Log;
  readonly leaseMs: number;
  readonly pollMs: number;
}

export interface Sweeper {
  kick(): void;
  stop(): Promise<void>;
}

export interface Target {
  readonly id: string;
  readonly connectionId: string;
  readonly zenqmsConnectionId: string;
  readonly definition: IntegrationDefinition;
  readonly revision: number;
  readonly activatedAt: Date;
  readonly status: string;
}

interface Change extends FoundChange {
  readonly event: ChangeEvent;
}

export function startSweeper(options: SweeperOptions): Sweeper {
  let stopping = false;
  let wake: () => void = () => undefined;
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (stopping) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => (clearTimeout(timer), resolve());
    });

  const run = async (): Promise<void> => {
    while (!stopping) {
      const catchUp = await takeCatchUp(options.db, options.leaseMs).catch((error: unknown) => {
        options.log.warn({ err: error }, 'could not look for searches to do');
        return null;
      });
      if (catchUp === null) await sleep(options.pollMs);
      else {
        await sweep(catchUp, options, () => stopping).catch((error: unknown) => {
          options.log.warn({ err: error, catchUp: catchUp.id }, 'a search by query was left to its lease');
        });
      }
    }
  };
  const running = run();
  return {
    kick: () => wake(),
    stop: async () => {
      stopping = true;
      wake();
      await running;
    },
  };
}

/** Works one search off; ends it, or leaves it to be taken up again. */
export async function sweep(catchUp: CatchUp, options: SweeperOptions, stopping: () => boolean): Promise<void> {
  const { db } = options;
  const target = await targetOf(db, catchUp.integrationId);
  if (!target) return;
  if (catchUp.cause === 'baseline') return readBaseline(catchUp, target, options);
  // What the stream has still to bring is not missing, and it says more of each change than a query could.
  if (catchUp.cause === 'reconciliation' && (await isHeldBack(db, target.connectionId, CATCHES_UP_MS)))
    return postponeCatchUp(db, catchUp.id, CATCHES_UP_MS, 'Waits until the stream has brought what it was held back from.');
  try {
    const describe = await options.salesforce.describe(target.connectionId, target.definition.object);
    if (!describe) throw new SalesforceError('refused', 'object_gone', `The object ${target.definition.object} can't be read.`);
    const session = await options.session(target.connectionId);
    const days = new Map<string, Set<string>>();
    const missing = new Map<string, { recordId: string; message: string }[]>();
    const strict = catchUp.cause === 'position_lost' || catchUp.cause === 'gap';
    // What was changed before the integration was active is none of its business, unless a person asked for it.
    // Salesforce's dates have whole seconds: what was changed in the same second must not fall below.
    const since = wholeSecond(
      asked(catchUp) ? catchUp.since : new Date(Math.max(catchUp.since.getTime(), target.activatedAt.getTime())),
    );
    // A reconciliation counts whole days, so it begins anew; what it added before is known by now.
    const from = catchUp.cause === 'reconciliation' ? since : (catchUp.cursorAt ?? since);
    if (from <= catchUp.until) {
      await queryChanged(session, describe, { since: from, until: catchUp.until, createdSince: since }, async (rows) => {
        if (stopping()) throw new Interrupted();
        const changes = rows.flatMap((row) => changesOf(row, target, { since, until: catchUp.until, strict }));
        const unknown = await withoutCreations(
          await unknownChanges(db, target.id, target.connectionId, changes),
          target.connectionId,
          { db, salesforce: options.salesforce, readBy: () => options.readBy(target) },
        );
        for (const change of changes) note(days, day(change.changedAt), change.recordId);
        for (const change of unknown) {
          const list = missing.get(day(change.changedAt)) ?? [];
          missing.set(day(change.changedAt), [
            ...list,
            { recordId: change.recordId, message: 'Changed in Salesforce without an event; found by query.' },
          ]);
        }
        const { added } = await receive(
          db,
          { connectionId: target.connectionId, position: null, events: unknown.map((change) => change.event) },
          routeTo(target),
        );
        if (added > 0) options.arrived();
        const last = rows.at(-1);
        // What was created in the window may have been changed after its end.
        const cursorAt = new Date(Math.min(last ? Date.parse(last.lastModifiedDate) : Infinity, catchUp.until.getTime()));
        await noteProgress(db, catchUp.id, { cursorAt, found: changes.length, added }, options.leaseMs);
      });
    }
    if (catchUp.cause === 'reconciliation') await report(days, missing, target, options);
    await endCatchUp(db, catchUp.id, { state: 'done', message: null });
  } catch (error) {
    if (error instanceof Interrupted) return postponeCatchUp(db, catchUp.id, 0, 'Goes on after the restart of the relay.');
    await options.failed(target.connectionId, error);
    const message = error instanceof Error ? error.message : String(error);
    options.log.warn({ err: error, integration: target.id }, 'a search by query did not get through');
    if (error instanceof SalesforceError && error.kind === 'refused')
      await endCatchUp(db, catchUp.id, { state: 'failed', message });
    else await postponeCatchUp(db, catchUp.id, 60_000, message).catch(() => undefined);
  }
}

/** A stream that was held back, and goes on, brings the rest within as long. */
const CATCHES_UP_MS = 10 * 60_000;

const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1_000) * 1_000);

class Interrupted extends Error {}

const asked = (catchUp: CatchUp): boolean => catchUp.cause === 'asked' || catchUp.cause === 'activation';

const day = (at: Date): string => at.toISOString().slice(0, 10);

function note(days: Map<string, Set<string>>, key: string, recordId: string): void {
  const known = days.get(key);
  if (known) known.add(recordId);
  else days.set(key, new Set([recordId]));
}

/** A record found by query was created within the window, or changed in it after its creation, or both. */
function changesOf(row: ChangedRow, target: Target, window: { since: Date; until: Date; strict: boolean }): Change[] {
  if (row.deleted) return [];
  const created = new Date(row.createdDate);
  const modified = new Date(row.lastModifiedDate);
  const within = (at: Date): boolean => at.getTime() >= window.since.getTime() - 1_000 && at <= window.until;
  const { triggerOn } = target.definition;
  const changes: Change[] = [];
  if (within(created) && triggerOn !== 'update') changes.push(change(row.id, created, 'CREATE', target, window.strict));
  if (within(modified) && triggerOn !== 'create') {
    const besideCreation = modified.getTime() - created.getTime() <= 1_000;
    // What starts on updates only must not take a creation for one: the dates must prove that there was another change.
    const strict = window.strict && !(besideCreation && triggerOn === 'update');
    changes.push({ ...change(row.id, modified, 'UPDATE', target, strict), besideCreation });
  }
  return changes;
}

function change(recordId: string, changedAt: Date, changeType: 'CREATE' | 'UPDATE', target: Target, strict: boolean): Change {
  return {
    recordId,
    changedAt,
    strict,
    besideCreation: false,
    event: {
      key: `query/${target.id}/${recordId}/${changeType}/${changedAt.toISOString()}`,
      object: target.definition.object,
      recordId,
      changeType,
      // On a create nothing counts as changed; what an update changed, a query can't tell.
      changedFields: changeType === 'CREATE' ? [] : null,
      values: {},
      eventAt: changedAt.toISOString(),
      source: 'query',
      replayId: null,
      changeOrigin: null,
      commitUser: null,
      transactionKey: null,
      poison: null,
    },
  };
}

const routeTo =
  (target: Target): Route =>
  async (_trx, events) =>
    events.map((event): Routed => ({
      event,
      integrationId: target.id,
      zenqmsConnectionId: target.zenqmsConnectionId,
      state: target.status === 'paused' ? 'parked' : 'ready',
      awake: false,
      prior: null,
    }));

async function targetOf(db: Db, integrationId: string): Promise<Target | null> {
  const row = await db.selectFrom('integration').selectAll().where('id', '=', integrationId).executeTakeFirst();
  if (!row) return null;
  return {
    id: row.id,
    connectionId: row.salesforce_connection_id,
    zenqmsConnectionId: row.zenqms_connection_id,
    definition: row.definition as IntegrationDefinition,
    revision: row.revision,
    activatedAt: row.activated_at,
    status: row.status,
  };
}

async function report(
  days: ReadonlyMap<string, ReadonlySet<string>>,
  missing: ReadonlyMap<string, { recordId: string; message: string }[]>,
  target: Target,
  options: SweeperOptions,
): Promise<void> {
  let lost = 0;
  for (const [key, records] of days) {
    const known = await standing(options.db, target.id, [...records]);
    const without = missing.get(key) ?? [];
    const lacking = new Set(without.map((each) => each.recordId));
    const issues = [...records].filter((id) => known.get(id) === 'issue').length;
    const explained = [...records].filter((id) => known.get(id) === 'explained' && !lacking.has(id)).length;
    const absent = records.size - issues - explained;
    lost += absent;
    await saveReconciliation(options.db, {
      integrationId: target.id,
      day: key,
      matched: records.size,
      issues,
      explained,
      missing: absent,
      details: without,
    });
    if (absent > 0) options.mismatch(target.id, key, absent);
  }
  if (lost > 0) options.silentStream(target.connectionId);
}
