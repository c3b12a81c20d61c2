/** The drift watch: every active or paused integration is checked again in its turn, by whichever relay comes first. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Sides, type StandingProblem, sameProblem } from '../integrations/validate/index.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import { checkDrift } from './drift.ts';
import { remembered } from './remembered.ts';

export interface DriftWatchOptions {
  readonly db: Db;
  readonly sides: Sides;
  readonly now: () => Date;
  /** How old a check may become. */
  readonly intervalMs: number;
  /** What changed, for the log; called only where problems came or went. */
  readonly onChange: (change: DriftChange) => void;
  /** A check that failed for reasons of our own: it is tried again in its next turn. */
  readonly onError: (integrationId: string, error: unknown) => void;
}

export interface DriftChange {
  readonly integrationId: string;
  readonly name: string;
  readonly appeared: readonly StandingProblem[];
  readonly mended: readonly StandingProblem[];
}

export interface DriftWatch {
  /** Checks what is due now; how many. Never throws. */
  check(): Promise<number>;
  /** Checks one integration now: after a person mended it. null: there is no such integration. */
  checkOne(integrationId: string): Promise<readonly StandingProblem[] | null>;
  stop(): Promise<void>;
}

/** In one go; the describes asked for are shared among them. */
const BATCH = 50;
const AT_ONCE = 4;
/** How often it is looked whether something is due. */
const TICK_MS = 60_000;
/** A save has just validated the integration; its first check comes this long after, and is the measure of all later ones. */
const FIRST_MS = 10 * 60_000;

interface Row {
  id: string;
  name: string;
  revision: number;
  definition: IntegrationDefinition;
  problems: StandingProblem[];
  checked_at: Date | null;
}

export function startDriftWatch(options: DriftWatchOptions): DriftWatch {
  let running: Promise<number> | null = null;
  let stopped = false;
  const check = (): Promise<number> => {
    running ??= checkDue(options, () => stopped).finally(() => {
      running = null;
    });
    return running;
  };
  const timer = setInterval(() => void check(), Math.min(TICK_MS, options.intervalMs));
  timer.unref();
  return {
    check,
    checkOne: async (id) => {
      const { rows } = await sql<Row>`
        select id, name, revision, definition, problems, problems_checked_at as checked_at from integration where id = ${id}`.execute(
        options.db,
      );
      return rows[0] ? checkRow(rows[0], options, options.sides) : null;
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

async function checkDue(options: DriftWatchOptions, stopped: () => boolean): Promise<number> {
  let checked = 0;
  const seen = new Set<string>();
  while (!stopped()) {
    const rows = await takeDue(options, seen).catch((error: unknown) => {
      options.onError('', error);
      return [];
    });
    for (const { id } of rows) seen.add(id);
    const sides = remembered(options.sides);
    const queue = [...rows];
    const worker = async (): Promise<void> => {
      for (let row = queue.shift(); row && !stopped(); row = queue.shift()) {
        const { id } = row;
        await checkRow(row, options, sides).catch((error: unknown) => options.onError(id, error));
        checked += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (rows.length < BATCH) break;
  }
  return checked;
}

/**
 * Marks them checked before they are, so that several relays share the work; one that dies meanwhile leaves them to the next turn.
 * A first check leaves no mark until it is done.
 */
async function takeDue({ db, now, intervalMs }: DriftWatchOptions, seen: ReadonlySet<string>): Promise<Row[]> {
  const at = now();
  const ago = (ms: number): string => new Date(at.getTime() - ms).toISOString();
  const { rows } = await sql<Row>`
    with due as (
      select id, problems_checked_at as checked_at from integration
       where coalesce(problems_checked_at <= ${ago(intervalMs)}::timestamptz, updated_at <= ${ago(Math.min(intervalMs, FIRST_MS))}::timestamptz)
         and id <> all(${[...seen]}::text[])
       order by coalesce(problems_checked_at, updated_at)
       limit ${BATCH}
         for update skip locked)
    update integration i set problems_checked_at = case when due.checked_at is null then null else ${at.toISOString()}::timestamptz end
      from due where i.id = due.id
    returning i.id, i.name, i.revision, i.definition, i.problems, due.checked_at`.execute(db);
  return rows;
}

async function checkRow(row: Row, options: DriftWatchOptions, sides: Sides): Promise<readonly StandingProblem[]> {
  const before = row.checked_at === null ? null : row.problems;
  const { problems } = await checkDrift(row.definition, sides, before);
  // A save meanwhile has reset the problems to those of the new revision; these are of the old one.
  const { numUpdatedRows } = await options.db
    .updateTable('integration')
    .set({ problems: JSON.stringify(problems), problems_checked_at: options.now() })
    .where('id', '=', row.id)
    .where('revision', '=', row.revision)
    .executeTakeFirst();
  const appeared = without(problems, row.problems);
  const mended = without(row.problems, problems);
  if (numUpdatedRows > 0n && appeared.length + mended.length > 0) {
    options.onChange({ integrationId: row.id, name: row.name, appeared, mended });
  }
  return problems;
}

const without = (some: readonly StandingProblem[], others: readonly StandingProblem[]): StandingProblem[] =>
  some.filter((one) => !others.some((other) => sameProblem(one, other)));
