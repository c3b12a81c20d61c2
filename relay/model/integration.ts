/** One object of one org → one Issue category: what an admin configured. */

export type TriggerOn = 'create' | 'update' | 'both';
export type DuplicateScope = 'category' | 'account';
export type IntegrationStatus = 'active' | 'paused' | 'starting';

export interface FieldMapping {
  /** A field or a relationship path: `Priority`, `Account.Name`. */
  readonly salesforceField: string;
  readonly zenqmsFieldId: string;
}

export type DueDate =
  | { readonly from: 'today'; readonly daysToAdd: number }
  | { readonly from: 'field'; readonly field: string; readonly daysToAdd: number };

export interface IntegrationDefinition {
  readonly name: string;
  readonly salesforceConnectionId: string;
  readonly zenqmsConnectionId: string;
  readonly object: string;
  readonly triggerOn: TriggerOn;
  readonly filterFormula: string | null;
  readonly categoryId: string;
  readonly assigneeId: string;
  /** null: the record's Name, else its Subject. */
  readonly title: { readonly field: string } | null;
  readonly dueDate: DueDate;
  /** IANA name; `today`, and dates made of date-times, are meant in it. */
  readonly timeZone: string;
  readonly duplicateScope: DuplicateScope;
  readonly fieldMappings: readonly FieldMapping[];
  /** Events of one bulk job within ten minutes above which the rest is held for approval; null: no limit. */
  readonly bulkLimit: number | null;
}

export interface Integration extends IntegrationDefinition {
  readonly id: string;
  readonly revision: number;
  readonly status: IntegrationStatus;
  readonly activatedAt: string;
  readonly pausedAt: string | null;
}
