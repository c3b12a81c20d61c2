/** What Salesforce tells about itself: objects, fields, records, and how asking can fail. */
import type { FieldValues } from './event.ts';

export interface FieldDescribe {
  readonly name: string;
  readonly label: string;
  /** Describe's own type: string, picklist, multipicklist, currency, reference, address, … */
  readonly type: string;
  readonly custom: boolean;
  readonly nillable: boolean;
  readonly relationshipName: string | null;
  readonly referenceTo: readonly string[];
  /** Active values by API name. */
  readonly picklistValues: readonly string[];
  readonly scale: number;
  readonly compoundFieldName: string | null;
  readonly calculated: boolean;
  readonly nameField: boolean;
  readonly htmlFormatted: boolean;
}

export interface ObjectDescribe {
  readonly name: string;
  readonly label: string;
  readonly custom: boolean;
  readonly fields: readonly FieldDescribe[];
}

export interface ObjectSummary {
  readonly name: string;
  readonly label: string;
  readonly custom: boolean;
  readonly changeEvents: boolean;
}

/**
 * A record as REST gave it, keyed by the path asked for: `{Id, Status, 'Account.Name': 'Acme'}`.
 * A path whose relationship is empty is null. Compounds keep their REST shape.
 */
export type FetchedRecord = FieldValues;

export type RecordResult =
  | { readonly kind: 'found'; readonly record: FetchedRecord }
  /** Deleted, as far as the org tells. */
  | { readonly kind: 'deleted' }
  /** Exists or not: the connected user can't see it. */
  | { readonly kind: 'not_readable'; readonly message: string };

export interface OrgInfo {
  readonly id: string;
  readonly name: string;
  readonly instanceUrl: string;
  readonly sandbox: boolean;
  readonly multiCurrency: boolean;
}

/** Why a call to Salesforce failed. `reauthorize`: a person must authorise again; `retry`: may pass; `refused`: it will not. */
export class SalesforceError extends Error {
  readonly kind: 'reauthorize' | 'retry' | 'limit' | 'refused';
  readonly code: string;
  readonly retryAfterMs: number | null;
  constructor(
    kind: SalesforceError['kind'],
    code: string,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SalesforceError';
    this.kind = kind;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
