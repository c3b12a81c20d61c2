/** A record as fetched × what an admin configured → the Issue to create. Pure: the clock and what is known of both sides are arguments. */
import type { IntegrationDefinition } from '../model/integration.ts';
import type { CustomField, NewIssue } from '../model/issue.ts';
import type { FetchedRecord, FieldDescribe, ObjectDescribe } from '../model/salesforce.ts';
import { dueDateOf } from './due-date.ts';
import { fit } from './fit.ts';
import { type TextContext, textOf } from './text.ts';
import { titleOf } from './title.ts';
import { valueAt } from './values.ts';

export interface MapInput {
  readonly record: FetchedRecord;
  /** 18 characters. */
  readonly recordId: string;
  readonly definition: IntegrationDefinition;
  readonly describe: ObjectDescribe;
  readonly now: Date;
  /** The category's first-stage fields. */
  readonly fields: readonly CustomField[];
  /** The field that a mapped path ends in; undefined: not known, its value is taken as it comes. */
  readonly fieldOf: (path: string) => FieldDescribe | undefined;
  /** Id by lower-case e-mail address; null: not asked for, since no user field is mapped. */
  readonly users: ReadonlyMap<string, string> | null;
  readonly multiCurrency: boolean;
}

export interface MapProblem {
  /** `fieldMappings[2]`, `dueDate`: where an admin mends it. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type Mapped =
  | {
      readonly kind: 'issue';
      readonly issue: NewIssue;
      /** Sentences for the log: what was not taken as configured. */ readonly notes: readonly string[];
    }
  | { readonly kind: 'error'; readonly reason: 'mapping_error'; readonly problems: readonly MapProblem[] };

export function mapIssue(input: MapInput): Mapped {
  const { definition, record, recordId } = input;
  const problems: MapProblem[] = [];
  const notes: string[] = [];
  const contextOf = (path: string): TextContext => ({
    timeZone: definition.timeZone,
    currency: input.multiCurrency ? currencyOf(record, path) : null,
  });

  const title = titleOf(input, contextOf);
  notes.push(...title.notes);
  const due = dueDateOf(definition.dueDate, record, { now: input.now, timeZone: definition.timeZone });
  if (due.kind === 'error') problems.push({ path: 'dueDate', code: 'not_a_date', message: due.message });
  else notes.push(...due.notes);

  const customFields = definition.fieldMappings.flatMap((mapping, index) => {
    const value = valueAt(record, mapping.salesforceField);
    if (value === null || value === undefined || value === '') return [];
    const target = input.fields.find((field) => field.id === mapping.zenqmsFieldId);
    const source = input.fieldOf(mapping.salesforceField);
    const context = contextOf(mapping.salesforceField);
    const fitted = fit(value, source, target, { ...context, text: textOf(value, source, context), users: input.users });
    if (input.multiCurrency && source?.type === 'currency')
      notes.push(...withoutCurrency(mapping.salesforceField, context, target));
    if (fitted.kind === 'error') {
      const message = `${mapping.salesforceField} can't go into ${target?.label ?? mapping.zenqmsFieldId}: ${fitted.message}`;
      problems.push({ path: `fieldMappings[${index}]`, code: fitted.code, message });
      return [];
    }
    return fitted.value.trim() === '' ? [] : [{ fieldId: mapping.zenqmsFieldId, value: fitted.value }];
  });

  if (problems.length > 0 || due.kind === 'error') return { kind: 'error', reason: 'mapping_error', problems };
  const { assigneeId, categoryId } = definition;
  return {
    kind: 'issue',
    notes,
    issue: {
      categoryId,
      title: title.text,
      dueDate: due.date,
      assigneeId,
      firstStageAssigneeId: assigneeId,
      externalId: recordId,
      customFields,
    },
  };
}

/** An amount's currency stands on its own record: that of Account.AnnualRevenue is Account.CurrencyIsoCode. */
function currencyOf(record: FetchedRecord, path: string): string | null {
  const code = valueAt(record, `${path.slice(0, path.lastIndexOf('.') + 1)}CurrencyIsoCode`);
  return typeof code === 'string' && code !== '' ? code : null;
}

/** 100 euros and 100 yen must not look the same without a word. */
function withoutCurrency(path: string, { currency }: TextContext, target: CustomField | undefined): string[] {
  if (currency === null) return [`${path} was sent without its currency, which could not be read.`];
  return target?.type === 'decimal'
    ? [`${path} was sent without its currency, ${currency}: a decimal field takes a number alone.`]
    : [];
}
