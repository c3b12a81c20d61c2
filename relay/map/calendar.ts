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

/** @throws RangeError for a time zone that does not exist; that was checked when the integration was saved */
export function localTime(at: Date, timeZone: string): Local {
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
      timeZoneName: 'longOffset',
    });
    formats.set(timeZone, format);
  }
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of format.formatToParts(at)) parts[type] = value;
  const offset = (parts.timeZoneName ?? 'GMT').replace('GMT', '');
  return {
    date: `${(parts.year ?? '').padStart(4, '0')}-${parts.month}-${parts.day}`,
    time: `${parts.hour}:${parts.minute}:${parts.second}`,
    offset: offset === '' ? '+00:00' : offset,
  };
}

/** Salesforce writes date-times as 2026-03-29T01:30:00.000+0000 (REST) or …Z (events); null for anything else. */
export function instantOf(text: string): Date | null {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})$/.exec(text);
  if (!match) return null;
  const [, date = '', time = '', zone = 'Z'] = match;
  const at = new Date(`${date}T${time}${zone.replace(/^(.\d{2}):?(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
