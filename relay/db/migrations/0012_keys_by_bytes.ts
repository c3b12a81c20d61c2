import { type Kysely, sql } from 'kysely';

/**
 * Keys are compared by their bytes. A database's own collation sorts words for people, and ids pay for it at each step of each index: up
 * to a tenth of all that an event costs Postgres, even where the collation is C.UTF-8. Names, which are shown in order, keep it. What is compared with
 * a key takes the key's collation, so that a key must not be looked up by a column that has another one of its own: all are listed here.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Indexes are written anew, which takes as long as the log is large.
  await sql`set local statement_timeout = 0`.execute(db);
  const { rows: grants } = await sql<{ privilege: string; role: string }>`
    select acl.privilege_type as privilege, case when acl.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(acl.grantee)) end as role
      from pg_class c cross join lateral aclexplode(c.relacl) acl
     where c.oid = 'execution_log'::regclass and acl.grantee <> c.relowner`.execute(db);
  // A view keeps its columns from being altered.
  await sql`drop view execution_log`.execute(db);
  for (const [table, columns] of Object.entries(KEYS)) {
    const changes = columns.map((column) => sql`alter column ${sql.id(column)} type text collate "C"`);
    await sql`alter table ${sql.id(table)} ${sql.join(changes)}`.execute(db);
  }
  await sql`
    create view execution_log as
      select id, integration_id, object, record_id, change_type, outcome, reason, message, issue_id, issue_number, attempts,
             event_at, received_at, finished_at, next_try_at
        from execution`.execute(db);
  for (const { privilege, role } of grants)
    await sql`grant ${sql.raw(privilege)} on execution_log to ${sql.raw(role)}`.execute(db);
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  salesforce_connection: ['id'],
  oauth_state: ['state_hash', 'connection_id'],
  zenqms_connection: ['id', 'account_id'],
  integration: ['id', 'salesforce_connection_id', 'zenqms_connection_id', 'object'],
  integration_revision: ['integration_id'],
  integration_pause: ['integration_id'],
  api_token: ['id', 'token_hash'],
  audit: ['subject_type', 'subject_id'],
  stream: ['connection_id'],
  stream_position: ['connection_id', 'channel'],
  event: ['connection_id', 'event_key', 'record_id'],
  delivery: ['integration_id', 'salesforce_connection_id', 'zenqms_connection_id', 'record_id', 'state'],
  claim: ['account_id', 'record_id', 'scope', 'fence'],
  execution: ['integration_id', 'record_id', 'outcome', 'reason'],
  execution_count: ['integration_id', 'outcome'],
  prior_value: ['integration_id', 'record_id'],
  catch_up: ['id', 'integration_id'],
  reconciliation: ['integration_id'],
  relay_secret: ['name'],
  relay_instance: ['owner'],
  api_call: ['connection_id'],
  delivered_event: ['connection_id'],
};
