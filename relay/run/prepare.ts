/** What a batch needs to know of its integrations: read anew for each batch, compiled once for each revision. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Globals, GLOBAL_FIELDS, formulaSchema, globalsOf, priorPaths, requiredPaths } from '../decide/index.ts';
import { type Program, compile } from '../formula/index.ts';
import type { Delivery } from '../inbox/rows.ts';
import type { Settlement } from '../inbox/settle.ts';
import type { SalesforceCatalog } from '../model/catalog.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import type { ObjectDescribe } from '../model/salesforce.ts';
import { finish } from './endings.ts';
import { loadRelated } from '../integrations/validate/related.ts';
import type { MappingFacts, MappingFactsOf } from './mapping-facts.ts';

export interface Pause {
  readonly pausedAt: Date;
  readonly resumedAt: Date | null;
  readonly resumeFrom: string | null;
}

export interface Prepared {
  readonly kind: 'ready';
  readonly id: string;
  readonly integration: IntegrationDefinition;
  readonly pauses: readonly Pause[];
  readonly program: Program | null;
  readonly describe: ObjectDescribe;
  readonly paths: readonly string[];
  readonly globals: Globals;
  readonly accountId: string;
  readonly mapping: MappingFacts;
}

/** Its configuration can't be used now: every event of it ends, or waits, the same way. */
export interface NotNow {
  readonly kind: 'later';
  readonly end: (delivery: Delivery) => Settlement;
}

export type Prepare = (batch: readonly Delivery[]) => Promise<ReadonlyMap<string, Prepared | NotNow>>;

export interface PrepareOptions {
  readonly db: Db;
  readonly salesforce: SalesforceCatalog;
  readonly mappingFacts: MappingFactsOf;
  /** Checks anew what blocked an integration; whether something still does. */
  readonly stillBlocked: (integrationId: string) => Promise<boolean>;
  /** Turns what a call to either side threw into how its deliveries end. */
  readonly trouble: (salesforceConnectionId: string, error: unknown) => Promise<(delivery: Delivery) => Settlement>;
}

const RECHECK_MS = 60_000;

interface Row {
  id: string;
  definition: IntegrationDefinition;
  revision: number;
  problems: { blocking?: boolean; message: string; remedy?: string }[];
  account_id: string;
  pauses: { paused_at: string; resumed_at: string | null; resume_from: string | null }[];
}

interface Compiled {
  readonly describe: ObjectDescribe;
  readonly program: Program | null;
  readonly paths: readonly string[];
}

export interface Preparer {
  readonly prepare: Prepare;
  /** The fields whose earlier values an integration's formula needs, as the change events spell them; empty until it was compiled. */
  priorPaths(integrationId: string): readonly string[];
  /** Compiles the active integrations of a connection, so that `priorPaths` knows before the first event comes. */
  warm(salesforceConnectionId: string): Promise<void>;
  /** The same with REST's spelling beside it. */
  priorFields(integrationId: string): readonly { readonly event: string; readonly rest: string }[];
  /** A person retries: what blocked may have been mended, and is looked at again. */
  expectMended(): void;
  compiled(
    integrationId: string,
    salesforceConnectionId: string,
    definition: IntegrationDefinition,
    revision: number,
  ): Promise<Compiled | string>;
}

export function preparer(options: PrepareOptions): Preparer {
  const cache = new Map<string, { key: string; compiled: Compiled; prior: readonly { event: string; rest: string }[] }>();
  const checkedAt = new Map<string, number>();
  let mendedAt = -Infinity;

  const compiled: Preparer['compiled'] = async (id, connectionId, definition, revision) => {
    const describe = await options.salesforce.describe(connectionId, definition.object);
    if (!describe) return `The object ${definition.object} is not there any more, or the connected user can't see it.`;
    const known = cache.get(id);
    const key = `${revision}`;
    if (known?.key === key && known.compiled.describe === describe) return known.compiled;
    const related = await loadRelated(options.salesforce, connectionId, describe, [
      definition.filterFormula,
      ...pathsOf(definition),
    ]);
    let program: Program | null = null;
    if (definition.filterFormula !== null && definition.filterFormula.trim() !== '') {
      const result = compile(definition.filterFormula, formulaSchema(describe, related), {
        expect: 'boolean',
        globals: GLOBAL_FIELDS,
      });
      if (!result.ok)
        return `The filter formula can't be used any more: ${result.problems[0]?.message ?? 'it does not compile.'}`;
      program = result.program;
    }
    const made: Compiled = { describe, program, paths: requiredPaths(definition, program, describe, related) };
    const events = priorPaths(program, describe);
    const prior = (program?.prior ?? []).map((rest, index) => ({ rest, event: events[index] ?? rest }));
    cache.set(id, { key, compiled: made, prior });
    return made;
  };

  /** Once a minute at most, and at once where a person retries: each look costs the org several calls. */
  const due = (id: string): boolean => {
    const last = checkedAt.get(id) ?? -Infinity;
    const now = performance.now();
    if (now - last < RECHECK_MS && last > mendedAt) return false;
    checkedAt.set(id, now);
    return true;
  };

  const one = async (row: Row, connectionId: string): Promise<Prepared | NotNow> => {
    try {
      const blocking = row.problems.find((problem) => problem.blocking);
      if (blocking && (!due(row.id) || (await options.stillBlocked(row.id))))
        return broken([blocking.message, blocking.remedy ?? ''].join(' ').trim());
      const made = await compiled(row.id, connectionId, row.definition, row.revision);
      if (typeof made === 'string') return broken(made);
      const org = made.program?.globals.length ? await options.salesforce.org(connectionId) : null;
      return {
        kind: 'ready',
        id: row.id,
        integration: row.definition,
        pauses: row.pauses.map((pause) => ({
          pausedAt: new Date(pause.paused_at),
          resumedAt: pause.resumed_at === null ? null : new Date(pause.resumed_at),
          resumeFrom: pause.resume_from,
        })),
        globals: org ? globalsOf(org) : {},
        accountId: row.account_id,
        mapping: await options.mappingFacts(row.definition, made.describe),
        ...made,
      };
    } catch (error) {
      return { kind: 'later', end: await options.trouble(connectionId, error) };
    }
  };

  return {
    compiled,
    priorPaths: (id) => cache.get(id)?.prior.map((path) => path.event) ?? [],
    priorFields: (id) => cache.get(id)?.prior ?? [],
    expectMended: () => void (mendedAt = performance.now()),
    prepare: async (batch) => {
      const connections = new Map(batch.map((delivery) => [delivery.integrationId, delivery.salesforceConnectionId]));
      const rows = await load(options.db, [...connections.keys()]);
      return new Map(
        await Promise.all(rows.map(async (row) => [row.id, await one(row, connections.get(row.id) ?? '')] as const)),
      );
    },
    warm: async (connectionId) => {
      const rows = await options.db
        .selectFrom('integration')
        .select(['id', 'definition', 'revision'])
        .where('salesforce_connection_id', '=', connectionId)
        .execute();
      for (const row of rows) {
        const definition = row.definition as IntegrationDefinition;
        if (!/PRIORVALUE/i.test(definition.filterFormula ?? '')) continue;
        await compiled(row.id, connectionId, definition, row.revision);
      }
    },
  };
}

function pathsOf(definition: IntegrationDefinition): string[] {
  return [
    ...definition.fieldMappings.map((mapping) => mapping.salesforceField),
    ...(definition.title ? [definition.title.field] : []),
    ...(definition.dueDate.from === 'field' ? [definition.dueDate.field] : []),
  ];
}

const broken = (message: string): NotNow => ({
  kind: 'later',
  end: (delivery) => finish(delivery, 'error', 'configuration_broken', message),
});

async function load(db: Db, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select i.id, i.definition, i.revision, i.problems, z.account_id,
           coalesce((select jsonb_agg(jsonb_build_object('paused_at', p.paused_at, 'resumed_at', p.resumed_at, 'resume_from', p.resume_from))
                       from integration_pause p where p.integration_id = i.id), '[]'::jsonb) as pauses
      from integration i
      join zenqms_connection z on z.id = i.zenqms_connection_id
     where i.id = any(${ids}::text[])`.execute(db);
  return rows;
}
