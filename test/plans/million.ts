/** A database of its own with a year behind it: a million events, log rows and claims, and a backlog of a hundred thousand. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { openPostgres } from '../../relay/db/connect.ts';
import { migrate } from '../../relay/db/migrate.ts';
import { makePartitions } from '../../relay/db/partitions.ts';

export interface Million {
  readonly url: string;
  analyse(): Promise<void>;
  drop(): Promise<void>;
}

/** Not analysed yet. @param server a Postgres URL whose user may create databases */
export async function makeMillion(server: string, now: Date): Promise<Million> {
  const name = `plans_${randomBytes(6).toString('hex')}`;
  const admin = openPostgres(server, { max: 1 });
  await sql.raw(`create database ${name}`).execute(admin.db);
  const drop = async (): Promise<void> => {
    await sql.raw(`drop database if exists ${name} with (force)`).execute(admin.db);
    await admin.close();
  };
  const url = new URL(server);
  url.pathname = `/${name}`;
  try {
    await fill(url.toString(), now);
  } catch (error) {
    await drop();
    throw error;
  }
  const analyse = async (): Promise<void> => {
    const { db, close } = openPostgres(url.toString(), { max: 1 });
    // The visibility map is part of it: it decides whether an index is enough for a count.
    await sql`vacuum analyze`.execute(db);
    await close();
  };
  return { url: url.toString(), analyse, drop };
}

async function fill(url: string, now: Date): Promise<void> {
  const { db, close } = openPostgres(url, { max: 4 });
  try {
    await migrate(db);
    for (const months of [12, 8, 4, 0])
      await makePartitions(db, new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1)));
    await sql.raw(functions(now)).execute(db);
    for (const statement of SMALL) await sql.raw(statement).execute(db);
    await Promise.all(LARGE.map((statement) => sql.raw(`set synchronous_commit = off; ${statement}`).execute(db)));
  } finally {
    await close();
  }
}

/**
 * What row number `g` is like. Three of ten belong to the first integration, so that a plan which is good for a small one shows what it
 * does for a large one. Every tenth integration is paused; those that end in 5 have a bulk load waiting.
 */
const functions = (now: Date): string => `
  create function integration_of(g int) returns int immutable language sql as $$ select case when g % 10 < 3 then 1 else 1 + g / 7 % 1000 end $$;
  create function record_of(g int) returns text immutable language sql as $$ select '500' || lpad((g::bigint * 7919 % 400000)::text, 12, '0') || 'AAA' $$;
  create function moment_of(g int) returns timestamptz immutable language sql as
    $$ select timestamptz '${now.toISOString()}' - interval '1 hour' - (1000000 - g) * interval '31 seconds' $$;`;

const SMALL = [
  `insert into salesforce_connection (id, name, login_url, client_id, client_secret, status)
   select 'sf-' || n, 'Org ' || n, 'https://login.salesforce.com', 'c', 'x', 'connected' from generate_series(1, 20) n`,
  // The fifth account is away.
  `insert into zenqms_connection (id, account_id, name, base_url, api_token, hold_until)
   select 'zq-' || n, 'acc-' || n, 'Account ' || n, 'https://public-api.zenqms.com', 'x', case when n = 5 then now() + interval '1 hour' end
     from generate_series(1, 5) n`,
  `insert into integration (id, name, salesforce_connection_id, zenqms_connection_id, object, definition, status, activated_at)
   select 'int-' || n, 'Integration ' || n, 'sf-' || 1 + n % 20, 'zq-' || 1 + n % 5, 'Case', '{"object": "Case", "bulkLimit": 1000}',
          case when n % 10 = 0 then 'paused' else 'active' end, now() - interval '2 years'
     from generate_series(1, 1000) n`,
  `insert into integration_revision (integration_id, revision, definition, action, actor)
   select id, 1, definition, 'created', 'admin' from integration`,
  `insert into stream (connection_id, owner, lease_token, lease_until, state, covers)
   select id, 'relay-a', 1, now() + interval '1 hour', 'streaming', '["case"]' from salesforce_connection`,
  `insert into stream_position (connection_id, channel, replay_id) select id, '/data/ZenQMS__chn', '1' from salesforce_connection`,
  `insert into prior_value (integration_id, record_id, field_values, seen_at)
   select 'int-' || integration_of(g), record_of(g), '{"Status": "New"}', now() from generate_series(1, 200000) g on conflict do nothing`,
  // Some days of the searches that the schedule asks for.
  `insert into catch_up (id, integration_id, cause, since, until, state, created_at, finished_at)
   select 'done-' || n, 'int-' || 1 + n % 1000, 'reconciliation', now() - interval '4 hours', now(), 'done',
          now() - n / 1000 * interval '2 hours', now()
     from generate_series(1, 100000) n`,
  `insert into catch_up (id, integration_id, cause, since, until, state)
   select 'waiting-' || n, 'int-' || n, 'reconciliation', now() - interval '4 hours', now(), 'waiting' from generate_series(1, 1000) n`,
  `insert into api_call (connection_id, hour, calls)
   select id, date_trunc('hour', now()) - n * interval '1 hour', 10 from salesforce_connection, generate_series(0, 47) n`,
  `insert into reconciliation (integration_id, day, matched, issues, explained, missing)
   select 'int-' || n, current_date - d, 1, 1, 0, 0 from generate_series(1, 1000) n, generate_series(1, 10) d`,
];

const LARGE = [
  `insert into event (id, event_at, connection_id, event_key, object, record_id, change_type, source, replay_id, payload)
   overriding system value
   select g, moment_of(g), 'sf-' || 1 + integration_of(g) % 20, 'tx-' || g || '/1/Case', 'Case', record_of(g),
          case when g % 3 = 0 then 'CREATE' else 'UPDATE' end, 'stream', g::text,
          '{"changedFields":[],"values":{},"changeOrigin":null,"commitUser":null,"transactionKey":null,"poison":null}'
     from generate_series(1, 1000000) g`,
  // Nine of a million have the rarest reason.
  `alter table execution disable trigger execution_added;
   insert into execution (id, received_at, integration_id, event_id, event_at, object, record_id, change_type, outcome, reason, message, issue_id,
                          attempts, finished_at, next_try_at)
   select g, moment_of(g) + interval '1 second', 'int-' || integration_of(g), g, moment_of(g), 'Case', record_of(g), 'UPDATE',
          case when g % 200 = 0 then 'error' when g % 4 = 1 then 'created' else 'skipped' end,
          case when g % 100000 = 50000 then 'poisoned_event' when g % 200 = 0 then 'zenqms_refused' when g % 4 = 1 then 'created' else 'filter_false' end,
          'm', case when g % 4 = 1 then 'issue-' || g end, 1, moment_of(g) + interval '2 seconds', null
     from generate_series(1, 900000) g;
   alter table execution enable trigger execution_added;
   insert into execution_count (integration_id, outcome, slot, total)
   select 'int-' || n, o, s, 100 from generate_series(1, 1000) n, unnest(array['created', 'skipped', 'error']) o, generate_series(0, 7) s`,
  `insert into claim (account_id, record_id, scope, category_id, state, delivery_id, fence, lease_until, issue_id)
   select 'acc-' || 1 + g % 5, '500' || lpad((g::bigint * 7919 % 1000003)::text, 12, '0') || 'AAA', 'cat-1', 'cat-1', 'created', g, 'f', '-infinity', 'issue-' || g
     from generate_series(1, 1000000) g`,
  // The last hundred thousand events are work in hand, what is for the account that is away due first, as it is after an hour of it.
  `select setval('execution_id', 2000000), setval(pg_get_serial_sequence('event', 'id'), 2000000);
   insert into delivery (id, integration_id, salesforce_connection_id, zenqms_connection_id, event_id, event_at, received_at, object, record_id, change_type,
                         state, due_at, lease_token, lease_until, attempts)
   select 1000000 + g, i.id, i.salesforce_connection_id, i.zenqms_connection_id, g, moment_of(g), moment_of(g) + interval '1 second', 'Case', record_of(g), 'UPDATE',
          s.state, case when g % 11 = 0 then now() + interval '1 hour' when i.zenqms_connection_id = 'zq-5' then now() - interval '2 hours' else now() - interval '1 hour' end
                   + (g - 950000) * interval '10 milliseconds',
          case when s.in_hand then 'lease-' || g % 20 end,
          case when s.in_hand then case when g % 100 = 1 then now() - interval '1 minute' else now() + interval '1 hour' end end,
          case when g % 11 = 0 then 1 else 0 end
     from generate_series(900001, 1000000) g
     join integration i on i.id = 'int-' || integration_of(g)
    cross join lateral (select case when i.status = 'paused' then 'parked' when integration_of(g) % 10 = 5 then 'held' else 'ready' end as state,
                               i.status <> 'paused' and integration_of(g) % 10 <> 5 and g % 50 = 1 as in_hand) s`,
];
