/** An instant on the clock of a time zone. */

export interface Local {
  /** YYYY-MM-DD */
  readonly date: string;
  /** HH:MM:SS */
  readonly time: string;
  /** +02:00 */
  readonly offset: string;
}

/** Making a format costs fifty times what using it does. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The last answer of each time zone: the Issues of a batch all ask for the same second. */
const last = new Map<string, { second: number; local: Local }>();

/** @throws RangeError for a time zone that does not exist; that was checked when the integration was saved */
export function localTime(at: Date, timeZone: string): Local {
  const second = Math.floor(at.getTime() / 1_000);
  const known = last.get(timeZone);
  if (known?.second === second) return known.local;
  const local = localOf(at, timeZone);
  last.set(timeZone, { second, local });
  return local;
}

function localOf(at: Date, timeZone: string): Local {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  // Four times faster than formatToParts with the offset among the parts; the tests hold the text to this form.
  const [year = '', month = '', day = '', ...clock] = format.format(at).match(/\d+/g) ?? [];
  const date = `${year.padStart(4, '0')}-${month}-${day}`;
  const time = clock.join(':');
  const minutes = Math.round((Date.parse(`${date}T${time}Z`) - at.getTime()) / 60_000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return { date, time, offset };
}

/** Salesforce writes date-times as 2026-03-29T01:30:00.000+0000 (REST) or …Z (events); null for anything else. */
export function instantOf(text: string): Date | null {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})$/.exec(text);
  if (!match) return null;
  const [, date = '', time = '', zone = 'Z'] = match;
  const at = new Date(`${date}T${time}${zone.replace(/^(.\d{2}):?(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
