/** ZenQMS's side, in our own names; only deliver/zenqms.ts knows ZenQMS's. */

export interface NewIssue {
  readonly categoryId: string;
  readonly title: string;
  /** YYYY-MM-DD */
  readonly dueDate: string;
  readonly assigneeId: string;
  readonly firstStageAssigneeId: string;
  /** The record's 18-character id. */
  readonly externalId: string;
  readonly customFields: readonly { readonly fieldId: string; readonly value: string }[];
}

export interface Issue {
  readonly id: string;
  readonly number: string;
  readonly categoryId: string;
  readonly title: string;
  readonly status: string;
  readonly externalId: string | null;
  readonly createdAt: string;
}

export interface ZenqmsUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
}

export interface IssueCategory {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly state: 'active' | 'inactive';
}

export type CustomFieldType =
  | 'single_line_text'
  | 'paragraph_text'
  | 'formatted_text'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'website'
  | 'yes_no'
  | 'single_selection'
  | 'multiple_selection'
  | 'role_single'
  | 'role_multiple'
  | 'user_single'
  | 'user_multiple';

export interface CustomField {
  readonly id: string;
  readonly label: string;
  readonly type: CustomFieldType;
  readonly required: boolean;
  readonly options: readonly string[] | null;
}
