/** The due date: today or a field's day, and days on top, in the integration's time zone. */
import type { DueDate } from '../model/integration.ts';
import type { FetchedRecord } from '../model/salesforce.ts';
import { instantOf, localTime } from './calendar.ts';
import { valueAt } from './values.ts';

export type DueDateAnswer =
  | { readonly kind: 'date'; readonly date: string; readonly notes: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

export function dueDateOf(rule: DueDate, record: FetchedRecord, clock: { now: Date; timeZone: string }): DueDateAnswer {
  const today = (): string => dayIn(clock.now, clock.timeZone);
  if (rule.from === 'today') return made(today(), rule.daysToAdd, []);
  const value = valueAt(record, rule.field);
  if (value === null || value === undefined || value === '') {
    return made(today(), rule.daysToAdd, [`${rule.field} was empty, so the due date counts from today.`]);
  }
  const day = dayOf(value, clock.timeZone);
  if (day === null)
    return {
      kind: 'error',
      message: `The due date can't be taken from ${rule.field}: ${JSON.stringify(value).slice(0, 60)} is no date.`,
    };
  return made(day, rule.daysToAdd, []);
}

function made(day: string, days: number, notes: string[]): DueDateAnswer {
  const date = addDays(day, days);
  // The contract's `format: date` has four digits for the year.
  if (date === null)
    return { kind: 'error', message: `The due date would lie ${days} days after ${day}, which is out of range.` };
  return { kind: 'date', date, notes };
}

/** The day that an instant falls on: YYYY-MM-DD. */
export const dayIn = (instant: Date, timeZone: string): string => localTime(instant, timeZone).date;

/** Of a date (as it is) or of a date-time (in the time zone); null for anything else. */
export function dayOf(value: unknown, timeZone: string): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return addDays(text, 0);
  const instant = instantOf(text);
  return instant === null ? null : dayIn(instant, timeZone);
}

const DAY_MS = 86_400_000;

/** The last answer: the Issues of a batch nearly all ask for the same sum. */
let last: { day: string; days: number; sum: string | null } | null = null;

/** Calendar days: no time zone, no daylight saving. null for a day that does not exist or a year of more than four digits. */
export function addDays(day: string, days: number): string | null {
  if (last?.day !== day || last.days !== days) last = { day, days, sum: sumOf(day, days) };
  return last.sum;
}

function sumOf(day: string, days: number): string | null {
  const start = new Date(`${day}T00:00:00Z`);
  // 30 February parses as 2 March.
  if (Number.isNaN(start.getTime()) || !start.toISOString().startsWith(day)) return null;
  const end = new Date(start.getTime() + days * DAY_MS);
  // toISOString throws for what is no date, and gives years of six digits beyond 9999.
  return Number.isNaN(end.getTime()) || end.getUTCFullYear() < 0 || end.getUTCFullYear() > 9999
    ? null
    : end.toISOString().slice(0, 10);
}
