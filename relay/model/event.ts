/** One record's change, as Salesforce told it (or as a query found it). Field values keep the shape of the wire. */

export type ChangeType =
  'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE' | 'GAP_CREATE' | 'GAP_UPDATE' | 'GAP_DELETE' | 'GAP_UNDELETE' | 'GAP_OVERFLOW';

/** Field values by API name; compounds nest (`Name: {FirstName, LastName}`) as they do on the wire. */
export type FieldValues = Readonly<Record<string, unknown>>;

export interface ChangeEvent {
  /** transactionKey/sequenceNumber/entityName/recordId: the same for every delivery of the same change. */
  readonly key: string;
  readonly object: string;
  /** 18 characters; `000000000000000AAA` for an overflow. */
  readonly recordId: string;
  readonly changeType: ChangeType;
  /** Canonical names such as `Status`, `Name.FirstName`; null where it cannot be known (gap events, records found by query). */
  readonly changedFields: readonly string[] | null;
  readonly values: FieldValues;
  /** The commit in Salesforce, UTC ISO 8601. */
  readonly eventAt: string;
  readonly source: 'stream' | 'query';
  readonly replayId: string | null;
  readonly changeOrigin: string | null;
  readonly commitUser: string | null;
  readonly transactionKey: string | null;
  /** Why the message could not be read as it should be; such an event is logged as an error and never decided. */
  readonly poison: string | null;
}

/** How far a channel has been stored: an opaque replay id, or -1 (only what comes from now on), or -2 (all that is retained). */
export interface StreamPosition {
  readonly channel: string;
  readonly replayId: string;
}
