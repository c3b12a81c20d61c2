/**
 * What the admin API asks of the rest of the relay; main.ts hands it in. What the API stores itself (connections, integrations,
 * tokens, audit) it reads and writes through `db`; Salesforce, ZenQMS, the stream and the work in hand are behind these functions.
 */
import type { Keyring } from '../connections/secrets.ts';
import type { Db } from '../db/connect.ts';
import type { FunctionHelp } from '../formula/types.ts';
import type { Drift } from '../integrations/status.ts';
import type { SalesforceCatalog, ZenqmsCatalog } from '../model/catalog.ts';
import type { Problem, ZenqmsCredentials } from '../model/connection.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import type { Issue, NewIssue, ZenqmsUser } from '../model/issue.ts';
import type { DecisionStep } from '../model/outcome.ts';
import type { OrgInfo } from '../model/salesforce.ts';

export interface ApiServices {
  readonly db: Db;
  readonly keyring: Keyring;
  /** Gives the URL back without trailing slashes. @throws HostRefused */
  readonly checkHost: (url: string) => string;
  /** Base of the callback URL, without a trailing slash; asked at each use, since the port may only be known after listening. */
  readonly publicUrl: () => string;
  readonly now: () => Date;
  readonly log: ApiLog;

  readonly salesforce: SalesforceCatalog;
  readonly zenqms: ZenqmsCatalog;
  readonly oauth: SalesforceOauth;
  /** Tries a token before it is stored: users readable, at least one category writable. Never throws for what ZenQMS answers. */
  readonly tryZenqms: (credentials: Omit<ZenqmsCredentials, 'connectionId'>) => Promise<ZenqmsTrial>;

  readonly validate: (definition: IntegrationDefinition) => Promise<Validated>;
  /** Creates nothing. @throws SalesforceError, ZenqmsError */
  readonly preview: (request: PreviewRequest) => Promise<Preview>;
  /** @throws SalesforceError only when nothing could be asked at all */
  readonly preflight: (connectionId: string, request: { object: string; fields: readonly string[] }) => Promise<Preflight>;
  readonly formulaFunctions: readonly FunctionHelp[];

  /** How the org's stream is doing; `stopped` with nulls where no integration needs it. */
  readonly streamState: (connectionId: string) => Promise<StreamState>;
  /**
   * An integration of the connection was created, changed, paused, resumed or deleted (committed before the call).
   * Answers when the stream covers what the active ones need, at the latest after 10 s with `starting`.
   */
  readonly integrationsChanged: (connectionId: string) => Promise<'active' | 'starting'>;
  /** A connection was authorised, changed or deleted: sessions, clients and caches of it are stale, and its rest is over. */
  readonly connectionChanged: (kind: 'salesforce' | 'zenqms', connectionId: string) => Promise<void>;
  /** After a resume is committed and its work let go: what only the relay's inside can do (reading the pause back from the stream). */
  readonly resumed: (integrationId: string, pause: { from: 'now' | 'pause'; pausedAt: Date; resumedAt: Date }) => Promise<void>;

  readonly work: WorkInHand;
  /** Stores a catch-up and lets it begin. */
  readonly startCatchUp: (integrationId: string, since: Date) => Promise<{ id: string }>;

  readonly readiness: () => Promise<Readiness>;
  readonly metrics: () => Promise<{ contentType: string; body: string }>;
}

export type ApiLog = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>;

/** The inbox's own functions on deliveries (relay/inbox/again.ts). `db` may be a transaction. */
export interface WorkInHand {
  readonly park: (db: Db, integrationId: string) => Promise<unknown>;
  readonly unpark: (db: Db, integrationId: string) => Promise<unknown>;
  readonly retryExecution: (
    db: Db,
    executionId: string,
    options: { force: boolean },
  ) => Promise<'retrying' | 'already_waiting' | 'not_found' | 'event_gone' | 'already_created'>;
  readonly retryErrors: (db: Db, integrationId: string, since: Date | null) => Promise<number>;
  readonly held: (db: Db, integrationId: string) => Promise<{ count: number; oldest: Date | null; newest: Date | null }>;
  readonly releaseHeld: (db: Db, integrationId: string) => Promise<number>;
  readonly discardHeld: (db: Db, integrationId: string, who: string) => Promise<number>;
  /** Before an integration is deleted: what waits for it ends, and the log says so. */
  readonly endDeleted: (db: Db, integrationId: string) => Promise<number>;
}

export interface SalesforceApp {
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** OAuth's web-server flow. Failures are thrown as SalesforceError whose code is OAuth's `error` and whose message its description. */
export interface SalesforceOauth {
  readonly authorizeUrl: (request: {
    loginUrl: string;
    clientId: string;
    callbackUrl: string;
    state: string;
    /** S256 of the verifier, base64url. */
    challenge: string;
  }) => string;
  readonly exchange: (app: SalesforceApp, grant: { code: string; verifier: string; callbackUrl: string }) => Promise<OauthTokens>;
  /** Who authorised, in which org. @throws SalesforceError */
  readonly identity: (tokens: OauthTokens) => Promise<{ org: OrgInfo; user: { id: string; username: string } }>;
  /** Best effort: a token that is dead already is no failure. */
  readonly revoke: (app: SalesforceApp, refreshToken: string) => Promise<void>;
  /** What went wrong and what to do next, from OAuth's `error` and `error_description`. */
  readonly explain: (error: string, description: string | null) => Problem;
}

export interface OauthTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly instanceUrl: string;
  readonly scopes: readonly string[] | null;
  readonly identityUrl: string | null;
}

export type ZenqmsTrial =
  | { readonly ok: true; /** First page, in ZenQMS's order. */ readonly users: readonly ZenqmsUser[] }
  | {
      readonly ok: false;
      /** The field of the connection that is to blame. */
      readonly path: 'apiToken' | 'baseUrl' | 'settings';
      readonly code: string;
      readonly message: string;
    };

export interface IntegrationProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
  readonly position?: { readonly offset: number; readonly length: number; readonly line: number; readonly column: number };
  readonly suggestion?: string;
}

export interface Validated {
  /** Every one at once; only severity `error` keeps an integration from being saved. */
  readonly problems: readonly IntegrationProblem[];
  /** The draft as it is to be stored: every Salesforce name spelt as the describe spells it. */
  readonly definition: IntegrationDefinition;
  /** What its status shows of the warnings with which it is saved. */
  readonly standing: readonly Drift[];
}

export interface PreviewRequest {
  readonly integration: IntegrationDefinition;
  /** 18 characters. */
  readonly recordId: string;
  /** null: as an update where the trigger is for updates only, else as a create. */
  readonly changeType: 'CREATE' | 'UPDATE' | null;
  /** null: unknown to whoever asks. */
  readonly changedFields: readonly string[] | null;
}

export interface Preview {
  readonly decision: {
    readonly outcome: 'deliver' | 'skip' | 'error';
    readonly reason: string;
    readonly message: string;
    readonly steps: readonly DecisionStep[];
  };
  readonly issue: NewIssue | null;
  readonly duplicateOf: Issue | null;
}

export interface PreflightCheck {
  readonly name: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly message: string;
  /** Which Setup page, which permission; null where nothing is to be done. */
  readonly remedy: string | null;
}

export interface Preflight {
  readonly ok: boolean;
  readonly checks: readonly PreflightCheck[];
}

export interface StreamState {
  readonly state: 'streaming' | 'stopped' | 'retrying';
  readonly problem: Problem | null;
  /** Seconds since what was last stored was committed in Salesforce. */
  readonly positionAge: number | null;
  readonly lastMessageAt: Date | null;
  readonly hoursUntilLoss: number | null;
}

export interface Readiness {
  readonly ready: boolean;
  readonly database: 'up' | 'down';
  readonly streams: { readonly wanted: number; readonly streaming: number };
  /** Deliveries that are due; null while the database is away. */
  readonly backlog: number | null;
}
