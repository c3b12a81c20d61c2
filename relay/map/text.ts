/** Every Salesforce type's text form (docs/mapping.md has the table). */
import type { FieldDescribe } from '../model/salesforce.ts';

export interface TextContext {
  readonly timeZone: string;
  /** The record's currency in an org with several; null where there is one. */
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
      return plain(value);
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
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  const parts = value as Record<string, unknown>;
  if ('street' in parts || 'city' in parts) return addressText(parts);
  if ('latitude' in parts) return locationText(parts);
  if ('LastName' in parts || 'FirstName' in parts) return join([parts['Salutation'], parts['FirstName'], parts['LastName']], ' ');
  return JSON.stringify(value);
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
  const instant = new Date(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(instant.getTime())) return value;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  const parts = new Map(format.formatToParts(instant).map((part) => [part.type, part.value]));
  const get = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const offset = get('timeZoneName').replace('GMT', '') || '+00:00';
  return `${get('year')}-${get('month')}-${get('day')}T${get('hour')}:${get('minute')}:${get('second')}${offset}`;
}

const join = (parts: readonly unknown[], between: string): string =>
  parts
    .filter((part): part is string | number => (typeof part === 'string' && part.trim() !== '') || typeof part === 'number')
    .join(between);

function addressText(parts: Record<string, unknown>): string {
  const street = typeof parts['street'] === 'string' ? parts['street'].replace(/\s*\n\s*/g, ', ') : null;
  return join([street, join([parts['postalCode'], parts['city']], ' '), parts['state'], parts['country']], ', ');
}

const locationText = (parts: Record<string, unknown>): string => join([parts['latitude'], parts['longitude']], ', ');

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Rich text as plain text: breaks become lines, tags go, entities are read. Text without tags stays as it is. */
export function plainText(text: string): string {
  if (!/<\/?[a-z][^>]*>/i.test(text)) return text;
  return text
    .replace(/<(?:br|\/p|\/div|\/li|\/tr|\/h[1-6])\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(#\d+|#x[0-9a-f]+|\w+);/gi, (whole, name: string) => entity(name) ?? whole)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function entity(name: string): string | undefined {
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : name.startsWith('#') ? Number(name.slice(1)) : null;
  if (code === null) return ENTITIES[name.toLowerCase()];
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
