/**
 * A value's form in the ZenQMS field it goes into. What can't be converted is an error here; whether an option or a user exists is
 * ZenQMS's to say, because what is known of them here may be minutes old.
 */
import type { CustomField } from '../model/issue.ts';
import type { FieldDescribe } from '../model/salesforce.ts';
import { dayOf } from './due-date.ts';
import { choices, numberText } from './text.ts';

export interface FitContext {
  /** The value's text form; rich text as plain text. */
  readonly text: string;
  readonly timeZone: string;
  readonly users: ReadonlyMap<string, string> | null;
}

export type Fitted =
  { readonly kind: 'text'; readonly value: string } | { readonly kind: 'error'; readonly code: string; readonly message: string };

const text = (value: string): Fitted => ({ kind: 'text', value });
const wrong = (code: string, message: string): Fitted => ({ kind: 'error', code, message });

export function fit(
  value: unknown,
  source: FieldDescribe | undefined,
  target: CustomField | undefined,
  context: FitContext,
): Fitted {
  if (target === undefined) return text(context.text);
  switch (target.type) {
    case 'single_line_text':
      return text(context.text.replace(/\s*[\r\n]+\s*/g, ' ').trim());
    case 'paragraph_text':
      return text(context.text);
    case 'formatted_text':
      // Rich text keeps its form here, and only here.
      return text(source?.htmlFormatted && typeof value === 'string' ? value : escaped(context.text));
    case 'integer':
      return whole(value);
    case 'decimal':
      return decimal(value);
    case 'date':
      return day(value, context);
    case 'website':
      return website(context.text);
    case 'yes_no':
      return yesNo(value);
    case 'single_selection':
    case 'role_single':
      return text(option(context.text, target.options));
    case 'multiple_selection':
    case 'role_multiple':
      return text(
        choices(context.text)
          .map((each) => option(each, target.options))
          .join('; '),
      );
    case 'user_single':
      return text(user(context.text, context.users));
    case 'user_multiple':
      return text(
        choices(context.text.replaceAll(',', ';'))
          .map((each) => user(each, context.users))
          .join('; '),
      );
    default:
      return target.type satisfies never;
  }
}

const escaped = (value: string): string =>
  /[<>&]/.test(value) ? value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : value;

function number(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : null;
  const trimmed = typeof value === 'string' ? value.trim().replace(/%$/, '') : '';
  return /^[+-]?\d+(\.\d+)?$/.test(trimmed) ? trimmed.replace(/^\+/, '') : null;
}

function whole(value: unknown): Fitted {
  const found = number(value);
  if (found === null)
    return wrong('not_a_number', `${shown(value)} is no number. Map a number field, or choose a text field in ZenQMS.`);
  const integral = /^(-?\d+)(?:\.0+)?$/.exec(found);
  return integral?.[1] ? text(integral[1]) : wrong('not_whole', `${found} is no whole number. Choose a decimal field in ZenQMS.`);
}

function decimal(value: unknown): Fitted {
  const found = number(value);
  return found === null
    ? wrong('not_a_number', `${shown(value)} is no number. Map a number field, or choose a text field in ZenQMS.`)
    : text(found);
}

function day(value: unknown, context: FitContext): Fitted {
  const found = dayOf(value, context.timeZone);
  return found === null
    ? wrong('not_a_date', `${shown(value)} is no date. Map a date field, or choose a text field in ZenQMS.`)
    : text(found);
}

function website(value: string): Fitted {
  const address = value.trim();
  const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`;
  if (!/^https?:\/\//i.test(complete) || /\s/.test(address) || !URL.canParse(complete)) {
    return wrong('not_a_website', `${shown(value)} is no web address. Map a URL field, or choose a text field in ZenQMS.`);
  }
  return text(complete);
}

function yesNo(value: unknown): Fitted {
  const said = String(value).trim().toLowerCase();
  if (['true', 'yes', 'y', '1'].includes(said)) return text('Yes');
  if (['false', 'no', 'n', '0'].includes(said)) return text('No');
  return wrong('not_yes_or_no', `${shown(value)} is neither yes nor no. Map a checkbox, or choose a text field in ZenQMS.`);
}

/** As ZenQMS spells it, where only case or blanks differ. */
function option(value: string, options: readonly string[] | null): string {
  if (options === null || options.includes(value)) return value;
  const bare = (each: string): string => each.trim().toLowerCase().replace(/\s+/g, ' ');
  return options.find((each) => bare(each) === bare(value)) ?? value;
}

const user = (value: string, users: ReadonlyMap<string, string> | null): string =>
  users?.get(value.trim().toLowerCase()) ?? value.trim();

const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 60).toWellFormed();
