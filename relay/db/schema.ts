/** Rows as the database holds them. Times come back as Date (milliseconds), bigint as string, jsonb parsed. */
import type { ColumnType, Generated } from 'kysely';

type Time = ColumnType<Date, Date | string | undefined, Date | string>;
type OptionalTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** Written as JSON.stringify(…), read as the value. */
type Json<T> = ColumnType<T, string | undefined, string>;
type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
type Bigint = ColumnType<string, string | number | bigint, string | number | bigint>;

export interface SalesforceConnectionTable {
  id: string;
  name: string;
  login_url: string;
  client_id: string;
  client_secret: Buffer;
  refresh_token: Buffer | null;
  access_token: Buffer | null;
  instance_url: string | null;
  org: OptionalJson<unknown>;
  sf_user: OptionalJson<unknown>;
  status: Generated<string>;
  problem: OptionalJson<unknown>;
  settings: Json<unknown>;
  hold_until: OptionalTime;
  refreshing_by: string | null;
  refreshing_until: OptionalTime;
  created_at: Time;
  updated_at: Time;
}

export interface OauthStateTable {
  state_hash: string;
  connection_id: string;
  verifier: Buffer;
  expires_at: Time;
}

export interface ZenqmsConnectionTable {
  id: string;
  account_id: string;
  name: string;
  base_url: string;
  api_token: Buffer;
  account_sample: Json<unknown>;
  status: Generated<string>;
  problem: OptionalJson<unknown>;
  settings: Json<unknown>;
  hold_until: OptionalTime;
  hold_attempts: Generated<number>;
  created_at: Time;
  updated_at: Time;
}

export interface IntegrationTable {
  id: string;
  name: string;
  salesforce_connection_id: string;
  zenqms_connection_id: string;
  object: string;
  definition: Json<unknown>;
  status: string;
  revision: Generated<number>;
  problems: Json<unknown>;
  problems_checked_at: OptionalTime;
  activated_at: Time;
  paused_at: OptionalTime;
  created_at: Time;
  updated_at: Time;
}

export interface IntegrationRevisionTable {
  integration_id: string;
  revision: number;
  definition: Json<unknown>;
  action: string;
  actor: string;
  acting_user: string | null;
  at: Time;
}

export interface IntegrationPauseTable {
  id: Generated<string>;
  integration_id: string;
  paused_at: Time;
  resumed_at: OptionalTime;
  resume_from: string | null;
}

export interface ApiTokenTable {
  id: string;
  name: string;
  role: string;
  token_hash: string;
  created_at: Time;
  last_used_at: OptionalTime;
}

export interface AuditTable {
  id: Generated<string>;
  at: Time;
  actor: string;
  acting_user: string | null;
  action: string;
  subject_type: string;
  subject_id: string | null;
  before: OptionalJson<unknown>;
  after: OptionalJson<unknown>;
  message: string | null;
}

export interface StreamTable {
  connection_id: string;
  owner: string | null;
  lease_token: Generated<string>;
  lease_until: Time;
  state: Generated<string>;
  problem: OptionalJson<unknown>;
  last_message_at: OptionalTime;
  covers: Json<unknown>;
}

export interface StreamPositionTable {
  connection_id: string;
  channel: string;
  replay_id: string;
  event_at: OptionalTime;
  stored_at: Time;
}

export interface EventTable {
  id: Generated<string>;
  event_at: Time;
  connection_id: string;
  event_key: string;
  object: string;
  record_id: string;
  change_type: string;
  source: string;
  replay_id: string | null;
  payload: string;
  received_at: Time;
}

export interface DeliveryTable {
  id: Generated<string>;
  integration_id: string;
  salesforce_connection_id: string;
  zenqms_connection_id: string;
  event_id: Bigint;
  event_at: Time;
  received_at: Time;
  object: string;
  record_id: string;
  change_type: string;
  state: Generated<string>;
  due_at: Time;
  lease_token: string | null;
  lease_until: OptionalTime;
  attempts: Generated<number>;
  first_failed_at: OptionalTime;
  force: Generated<boolean>;
  prior: OptionalJson<unknown>;
  attempt_log: Json<unknown>;
}

export interface ClaimTable {
  account_id: string;
  record_id: string;
  scope: string;
  category_id: string;
  state: string;
  delivery_id: Bigint;
  fence: string;
  lease_until: Time;
  posting_at: OptionalTime;
  posts: Generated<number>;
  idempotency_key: string | null;
  issue_id: string | null;
  issue_number: string | null;
  updated_at: Time;
}

export interface ExecutionTable {
  id: Bigint;
  received_at: Time;
  integration_id: string;
  event_id: Bigint;
  event_at: Time;
  object: string;
  record_id: string;
  change_type: string;
  outcome: string;
  reason: string;
  message: string;
  issue_id: string | null;
  issue_number: string | null;
  attempts: number;
  finished_at: OptionalTime;
  next_try_at: OptionalTime;
  prior: OptionalJson<unknown>;
  steps: Json<unknown>;
  attempt_log: Json<unknown>;
}

export interface ExecutionCountTable {
  integration_id: string;
  outcome: string;
  slot: number;
  total: Bigint;
  waiting_for_person: Bigint;
  last_event_at: OptionalTime;
  last_finished_at: OptionalTime;
}

export interface RelaySecretTable {
  name: string;
  sealed: Buffer;
}

export interface PriorValueTable {
  integration_id: string;
  record_id: string;
  field_values: Json<unknown>;
  seen_at: Time;
}

export interface CatchUpTable {
  id: string;
  integration_id: string;
  cause: string;
  since: Time;
  until: Time;
  cursor_at: OptionalTime;
  state: Generated<string>;
  found: Generated<number>;
  added: Generated<number>;
  message: string | null;
  lease_until: OptionalTime;
  created_at: Time;
  finished_at: OptionalTime;
}

export interface ReconciliationTable {
  integration_id: string;
  day: ColumnType<string, string, string>;
  matched: number;
  issues: number;
  explained: number;
  missing: number;
  details: Json<unknown>;
  checked_at: Time;
}

export interface Schema {
  salesforce_connection: SalesforceConnectionTable;
  oauth_state: OauthStateTable;
  zenqms_connection: ZenqmsConnectionTable;
  integration: IntegrationTable;
  integration_revision: IntegrationRevisionTable;
  integration_pause: IntegrationPauseTable;
  api_token: ApiTokenTable;
  audit: AuditTable;
  stream: StreamTable;
  stream_position: StreamPositionTable;
  event: EventTable;
  delivery: DeliveryTable;
  claim: ClaimTable;
  execution: ExecutionTable;
  execution_count: ExecutionCountTable;
  relay_secret: RelaySecretTable;
  prior_value: PriorValueTable;
  catch_up: CatchUpTable;
  reconciliation: ReconciliationTable;
}
