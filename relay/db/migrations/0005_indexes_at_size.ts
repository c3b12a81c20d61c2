import { type Kysely, sql } from 'kysely';

/**
 * What a million rows showed. `delivery_ready`: work is taken lane by lane, a lane being one account and one org, so that one that rests
 * with its backlog is not read again at each look. `execution_outcome` and `execution_reason`: a page of what is rare without
 * reading what is not. `execution_trouble`: errors of all integrations. `catch_up_open`: the few that are to be done of all that ever were.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `drop index delivery_ready`,
  `create index delivery_ready on delivery (zenqms_connection_id, salesforce_connection_id, due_at, id) where state = 'ready'`,
  `drop index execution_outcome`,
  `create index execution_outcome on execution (integration_id, outcome, received_at desc, id desc)`,
  `create index execution_reason on execution (reason, integration_id, received_at desc, id desc)`,
  `drop index execution_trouble`,
  `create index execution_trouble on execution (received_at desc, id desc) where outcome = 'error'`,
  `create index catch_up_open on catch_up (integration_id, created_at) where state in ('waiting', 'running')`,
];
