/** REST values to formula values, by the describe's type. */
import { DAY_MS, dayNumber, daysInMonth } from './calendar.ts';
import { FormulaError } from './errors.ts';
import { hundredth, parseNumber } from './number.ts';
import type { Numeric } from './number.ts';
import type { Type, Value } from './value.ts';

const TYPES: Record<string, Type> = {
  string: 'text', textarea: 'text', email: 'text', phone: 'text', url: 'text', encryptedstring: 'text', combobox: 'text', datacategorygroupreference: 'text',
  id: 'id', reference: 'id', picklist: 'picklist', multipicklist: 'multipicklist', boolean: 'boolean',
  double: 'number', int: 'number', integer: 'number', long: 'number', currency: 'number', percent: 'number',
  date: 'date', datetime: 'datetime', time: 'time', location: 'location',
}; // prettier-ignore

/** The formula type of a describe type, or undefined for those that formulas can't use (address, base64 …). */
export function typeOf(describeType: string): Type | undefined {
  return TYPES[describeType.toLowerCase()];
}

/**
 * Converts a value as REST or the event gives it. Numbers may be JavaScript numbers or decimal text; a percent of 25 is 0.25;
 * an empty text is blank; a missing checkbox is false. Throws FormulaError bad_record_value for what is no value of the type.
 */
export function fromRest(raw: unknown, describeType: string, path: string): Value {
  const type = typeOf(describeType);
  if (raw === null || raw === '') return type === 'boolean' ? false : null;
  switch (type) {
    case 'text':
    case 'id':
    case 'picklist':
    case 'multipicklist':
      if (typeof raw === 'string') return raw;
      if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
      return wrong(raw, describeType, path);
    case 'boolean':
      if (typeof raw === 'boolean') return raw;
      if (raw === 'true' || raw === 'false') return raw === 'true';
      return wrong(raw, describeType, path);
    case 'number': {
      const number = numberFrom(raw);
      if (number === undefined) return wrong(raw, describeType, path);
      return describeType.toLowerCase() === 'percent' ? hundredth(number) : number;
    }
    case 'date':
      return dateFrom(raw) ?? wrong(raw, describeType, path);
    case 'datetime':
      return dateTimeFrom(raw) ?? wrong(raw, describeType, path);
    case 'time':
      return timeFrom(raw) ?? wrong(raw, describeType, path);
    case 'location':
      return locationFrom(raw) ?? wrong(raw, describeType, path);
    default:
      return wrong(raw, describeType, path);
  }
}

function wrong(raw: unknown, describeType: string, path: string): never {
  const shown = typeof raw === 'string' ? `"${raw.slice(0, 40)}"` : typeof raw;
  throw new FormulaError('bad_record_value', `${path} holds ${shown}, which is no ${describeType}.`);
}

function numberFrom(raw: unknown): Numeric | undefined {
  if (typeof raw === 'number')
    return Number.isSafeInteger(raw) ? (raw === 0 ? 0 : raw) : Number.isFinite(raw) ? parseNumber(String(raw)) : undefined;
  if (typeof raw === 'bigint') return parseNumber(String(raw));
  if (typeof raw === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/.test(raw)) return parseNumber(raw);
  return undefined;
}

function dateFrom(raw: unknown): Value | undefined {
  const match = typeof raw === 'string' ? /^(\d{4})-(\d\d)-(\d\d)(?:T.*)?$/.exec(raw) : null;
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return { kind: 'date', days: dayNumber(year, month, day) };
}

function dateTimeFrom(raw: unknown): Value | undefined {
  if (typeof raw === 'number' && Number.isFinite(raw)) return { kind: 'datetime', ms: Math.trunc(raw) };
  // REST writes +0000 without a colon, which Date.parse need not accept.
  const text = typeof raw === 'string' ? raw.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') : '';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return undefined;
  const ms = Date.parse(/[Z]|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : { kind: 'datetime', ms };
}

function timeFrom(raw: unknown): Value | undefined {
  if (typeof raw === 'number' && raw >= 0 && raw < DAY_MS) return { kind: 'time', ms: Math.trunc(raw) };
  const match = typeof raw === 'string' ? /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?Z?$/.exec(raw) : null;
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return { kind: 'time', ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number((match[4] ?? '').padEnd(3, '0')) };
}

function locationFrom(raw: unknown): Value | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const entries = Object.fromEntries(Object.entries(raw).map(([key, value]) => [key.toLowerCase(), value]));
  const latitude = numberFrom(entries['latitude']);
  const longitude = numberFrom(entries['longitude']);
  if (latitude === undefined || longitude === undefined) return undefined;
  return { kind: 'location', latitude: Number(latitude), longitude: Number(longitude) };
}
