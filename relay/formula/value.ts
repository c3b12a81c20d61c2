/** Values inside an evaluation, and how people read them. */
import { formatClock, formatDay, formatInstant, formatTime } from './calendar.ts';
import { decimal, formatNumber } from './number.ts';
import type { Numeric } from './number.ts';
import { Quotient, Small } from './small.ts';
import type { DateTimeValue, DateValue, FormulaValue, LocationValue, TimeValue } from './types.ts';

export type Value = null | boolean | string | Numeric | DateValue | DateTimeValue | TimeValue | LocationValue;

export type Type =
  | 'boolean'
  | 'number'
  | 'text'
  | 'id'
  | 'date'
  | 'datetime'
  | 'time'
  | 'location'
  | 'picklist'
  | 'multipicklist'
  | 'null'
  | 'wrong';

export const TYPE_NAMES: Record<Type, string> = {
  boolean: 'Checkbox (true or false)',
  number: 'Number',
  text: 'Text',
  id: 'Id',
  date: 'Date',
  datetime: 'Date/Time',
  time: 'Time',
  location: 'Geolocation',
  picklist: 'Picklist',
  multipicklist: 'Multi-select picklist',
  null: 'NULL',
  wrong: 'unknown',
};

/** The outside form: numbers always as Decimal. */
export function outward(value: Value): FormulaValue {
  return typeof value === 'number' || value instanceof Small || value instanceof Quotient ? decimal(value) : value;
}

/** For previews and log messages: 'Closed' in quotes, blank, true, 1500, 2024-02-29. */
export function display(value: Value): string {
  if (value === null || value === '') return 'blank';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 79)}…` : value}'`;
  if (typeof value === 'number' || !('kind' in value)) return formatNumber(value);
  switch (value.kind) {
    case 'date':
      return formatDay(value.days);
    case 'datetime':
      return formatInstant(value.ms);
    case 'time':
      return value.ms % 1000 === 0 ? formatClock(value.ms) : formatTime(value.ms);
    case 'location':
      return `${value.latitude}, ${value.longitude}`;
    default:
      return value satisfies never;
  }
}
