/** What the domain may ask of both sides; salesforce/ and deliver/ answer, main.ts joins them. Cached for minutes. */
import type { FetchedRecord, ObjectDescribe, ObjectSummary, OrgInfo, RecordResult } from './salesforce.ts';
import type { CustomField, Issue, IssueCategory, ZenqmsUser } from './issue.ts';

export interface OrgLimits {
  readonly apiUsed: number;
  readonly apiMax: number;
  readonly eventsDelivered: number;
  readonly eventsMax: number;
}

export interface ChannelState {
  readonly channelExists: boolean;
  /** Objects with a member on our channel. */
  readonly members: readonly string[];
  /** Distinct entities selected on all channels of the org, as far as it tells. */
  readonly selectedEntities: readonly string[];
}

export interface AccessState {
  readonly readable: boolean;
  readonly viewAll: boolean;
  /** May create channels and members (Customize Application). */
  readonly customizeApplication: boolean;
  readonly scopes: readonly string[];
}

/** Every call throws SalesforceError. Names of objects and fields are canonical on return, case-insensitive on input. */
export interface SalesforceCatalog {
  org(
    connectionId: string,
  ): Promise<
    OrgInfo & { readonly user: { readonly id: string; readonly username: string; readonly profileName: string | null } }
  >;
  objects(connectionId: string, options?: { refresh?: boolean }): Promise<readonly ObjectSummary[]>;
  /** null: no such object, or not visible to the connected user. */
  describe(connectionId: string, object: string, options?: { refresh?: boolean }): Promise<ObjectDescribe | null>;
  limits(connectionId: string): Promise<OrgLimits>;
  channel(connectionId: string): Promise<ChannelState>;
  access(connectionId: string, object: string): Promise<AccessState>;
  /** Asks for plain fields and relationship paths alike; the answer's keys are the paths as asked. */
  records(
    connectionId: string,
    object: string,
    ids: readonly string[],
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, RecordResult>>;
}

/** A failed call to ZenQMS, safe to show. */
export class ZenqmsError extends Error {
  readonly kind: 'unauthorized' | 'forbidden' | 'not_found' | 'refused' | 'retry';
  readonly code: string;
  readonly httpStatus: number | null;
  readonly retryAfterMs: number | null;
  constructor(
    kind: ZenqmsError['kind'],
    code: string,
    message: string,
    options: { httpStatus?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ZenqmsError';
    this.kind = kind;
    this.code = code;
    this.httpStatus = options.httpStatus ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** Every call throws ZenqmsError. */
export interface ZenqmsCatalog {
  categories(connectionId: string, options?: { refresh?: boolean }): Promise<readonly IssueCategory[]>;
  fields(connectionId: string, categoryId: string, options?: { refresh?: boolean }): Promise<readonly CustomField[]>;
  users(connectionId: string, search: string): Promise<readonly ZenqmsUser[]>;
  /** null: no such user. */
  user(connectionId: string, userId: string): Promise<ZenqmsUser | null>;
  issuesOf(connectionId: string, recordId: string): Promise<readonly Issue[]>;
}

export type { FetchedRecord };
