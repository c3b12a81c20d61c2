/** Every Salesforce type's text form (docs/mapping.md has the table). */
import type { FieldDescribe } from '../model/salesforce.ts';
import { instantOf, localTime } from './calendar.ts';
import { plainText } from './html.ts';

export { plainText } from './html.ts';

export interface TextContext {
  readonly timeZone: string;
  /** The amount's currency in an org with several; null where there is one. */
  readonly currency: string | null;
}

export function textOf(value: unknown, field: FieldDescribe | undefined, context: TextContext): string {
  if (value === null || value === undefined) return '';
  switch (field?.type) {
    case 'multipicklist':
      return typeof value === 'string' ? choices(value).join('; ') : plain(value);
    case 'currency':
      return context.currency === null ? plain(value) : `${context.currency} ${plain(value)}`;
    case 'percent':
      return `${plain(value)}%`;
    case 'datetime':
      return typeof value === 'string' ? dateTimeText(value, context.timeZone) : plain(value);
    case 'time':
      return typeof value === 'string' ? value.replace(/(?:\.\d+)?Z?$/, '') : plain(value);
    case 'address':
      return typeof value === 'object' ? addressText(value as Record<string, unknown>) : plain(value);
    case 'location':
      return typeof value === 'object' ? locationText(value as Record<string, unknown>) : plain(value);
    default:
      return field?.htmlFormatted && typeof value === 'string' ? plainText(clean(value)) : plain(value);
  }
}

/** `A;B` → A and B. */
export const choices = (value: string): string[] => [
  ...new Set(
    value
      .split(';')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  ),
];

function plain(value: unknown): string {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  const parts = value as Record<string, unknown>;
  if ('street' in parts || 'city' in parts) return addressText(parts);
  if ('latitude' in parts) return locationText(parts);
  if (NAME_PARTS.some((name) => name in parts)) {
    return join(
      NAME_PARTS.map((name) => parts[name]),
      ' ',
    );
  }
  return JSON.stringify(value);
}

/** As the change event nests them; REST gives a whole name as text. */
const NAME_PARTS = ['Salutation', 'FirstName', 'MiddleName', 'LastName', 'Suffix'];

/** Line ends as \n; no control characters, no half of a surrogate pair: neither survives a database or a screen. */
function clean(value: string): string {
  return (
    value
      .replace(/\r\n?/g, '\n')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
      .toWellFormed()
  );
}

/** Without an exponent: 1e21 and 1e-7 are written out. */
export function numberText(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** `2026-03-01T11:00:00+01:00`: the clock of the time zone, with what sets it apart from UTC. */
function dateTimeText(value: string, timeZone: string): string {
  const instant = instantOf(value);
  if (instant === null) return value;
  const { date, time, offset } = localTime(instant, timeZone);
  return `${date}T${time}${offset}`;
}

const join = (parts: readonly unknown[], between: string): string =>
  parts
    .filter((part): part is string | number => (typeof part === 'string' && part.trim() !== '') || typeof part === 'number')
    .join(between);

function addressText(parts: Record<string, unknown>): string {
  const street =
    typeof parts['street'] === 'string'
      ? clean(parts['street'])
          .trim()
          .replace(/\s*\n\s*/g, ', ')
      : null;
  return join([street, join([parts['postalCode'], parts['city']], ' '), parts['state'], parts['country']], ', ');
}

const locationText = (parts: Record<string, unknown>): string => join([parts['latitude'], parts['longitude']], ', ');
