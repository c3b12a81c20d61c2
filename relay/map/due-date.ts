/** The due date: today or a field's day, and days on top, in the integration's time zone. */
import type { DueDate } from '../model/integration.ts';
import type { FetchedRecord } from '../model/salesforce.ts';
import { valueAt } from './values.ts';

export type DueDateAnswer =
  | { readonly kind: 'date'; readonly date: string; readonly notes: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

export function dueDateOf(rule: DueDate, record: FetchedRecord, clock: { now: Date; timeZone: string }): DueDateAnswer {
  const today = dayIn(clock.now, clock.timeZone);
  if (rule.from === 'today') return made(today, rule.daysToAdd, []);
  const value = valueAt(record, rule.field);
  if (value === null || value === undefined || value === '') {
    return made(today, rule.daysToAdd, [`${rule.field} was empty, so the due date counts from today.`]);
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
export function dayIn(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(
    instant,
  );
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** Of a date (as it is) or of a date-time (in the time zone); null for anything else. */
export function dayOf(value: unknown, timeZone: string): string | null {
  if (typeof value !== 'string') return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return addDays(value, 0);
  const instant = /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
  return Number.isNaN(instant) ? null : dayIn(new Date(instant), timeZone);
}

/** Calendar days: no time zone, no daylight saving. null for a day that does not exist or a year of more than four digits. */
export function addDays(day: string, days: number): string | null {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const start = new Date(Date.UTC(year, month - 1, date));
  if (start.getUTCMonth() !== month - 1 || start.getUTCDate() !== date) return null;
  start.setUTCDate(start.getUTCDate() + days);
  const text = start.toISOString();
  return Number.isNaN(start.getTime()) || !/^\d{4}-/.test(text) ? null : text.slice(0, 10);
}
