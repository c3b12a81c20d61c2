/** Days, times and time zones. A day is a count since 1970-01-01 in the proleptic Gregorian calendar, an instant milliseconds. */
import { fail } from './errors.ts';
import type { DateTimeValue, DateValue } from './types.ts';

export const DAY_MS = 86_400_000;

/** What Date and Intl can hold: about 270,000 years around 1970. */
const RANGE_MS = 8.64e15;

export function dateAt(days: number): DateValue {
  if (!(Math.abs(days) * DAY_MS <= RANGE_MS)) fail('invalid_date', 'The date lies too far away.');
  return { kind: 'date', days };
}

export function instantAt(ms: number): DateTimeValue {
  if (!(Math.abs(ms) <= RANGE_MS)) fail('invalid_date', 'The date/time lies too far away.');
  return { kind: 'datetime', ms };
}

export interface Civil {
  year: number;
  month: number;
  day: number;
}

export function civil(days: number): Civil {
  // Counting from 0000-03-01 puts the leap day last, which makes months regular.
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

export function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A day that exists, or a runtime error that names the function. */
export function validDay(year: number, month: number, day: number, what: string): number {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    fail('invalid_date', `${what}: there is no day ${year}-${month}-${day}.`);
  }
  return dayNumber(year, month, day);
}

/** The last day of a month stays the last day: one day on, the months, one day back. */
export function addMonths(days: number, months: number): number {
  const from = civil(days);
  const last = from.day === daysInMonth(from.year, from.month);
  const start = last ? civil(days + 1) : from;
  const count = start.year * 12 + (start.month - 1) + months;
  const year = Math.floor(count / 12);
  const month = count - year * 12 + 1;
  const day = Math.min(start.day, daysInMonth(year, month));
  return dayNumber(year, month, day) - (last ? 1 : 0);
}

/** Sunday is 1. */
export function weekday(days: number): number {
  return ((((days + 4) % 7) + 7) % 7) + 1;
}

/** ISO 8601: the week belongs to the year of its Thursday. */
export function isoWeek(days: number): { year: number; week: number } {
  const thursday = days - ((weekday(days) + 5) % 7) + 3;
  const year = civil(thursday).year;
  return { year, week: Math.floor((thursday - dayNumber(year, 1, 1)) / 7) + 1 };
}

export function dayOfYear(days: number): number {
  return days - dayNumber(civil(days).year, 1, 1) + 1;
}

const zones = new Map<string, Intl.DateTimeFormat | null>();

function zone(name: string): Intl.DateTimeFormat | null {
  const known = zones.get(name);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat | null;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
  } catch {
    format = null;
  }
  if (zones.size > 1000) zones.clear();
  zones.set(name, format);
  return format;
}

/** The day that an instant falls on in a time zone (IANA name). */
export function localDay(ms: number, timeZone: string): number {
  if (timeZone === 'UTC' || timeZone === 'GMT') return Math.floor(ms / DAY_MS);
  const format = zone(timeZone);
  if (format === null) fail('invalid_argument', `Time zone ${timeZone} is not known.`);
  const part: Record<string, number> = {};
  let before = false;
  for (const { type, value } of format.formatToParts(ms)) {
    if (type === 'era') before = value.startsWith('B');
    else part[type] = Number(value);
  }
  const year = before ? 1 - (part['year'] ?? 1) : (part['year'] ?? 1970);
  return dayNumber(year, part['month'] ?? 1, part['day'] ?? 1);
}

function pad(value: number, width: number): string {
  return String(Math.abs(value)).padStart(width, '0');
}

export function formatDay(days: number): string {
  const { year, month, day } = civil(days);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** HH:mm:ss */
export function formatClock(ms: number): string {
  return `${pad(Math.floor(ms / 3_600_000), 2)}:${pad(Math.floor(ms / 60_000) % 60, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}`;
}

/** HH:mm:ss.SSS */
export function formatTime(ms: number): string {
  return `${formatClock(ms)}.${pad(ms % 1000, 3)}`;
}

/** yyyy-MM-dd HH:mm:ssZ, in GMT whatever the user's time zone: so TEXT() gives it. */
export function formatInstant(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  return `${formatDay(days)} ${formatClock(ms - days * DAY_MS)}Z`;
}
