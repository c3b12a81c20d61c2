/** Date and time functions (22). */
import { addMonths, civil, dateAt, dayOfYear, DAY_MS, instantAt, isoWeek, localDay, validDay, weekday } from '../calendar.ts';
import { fail } from '../errors.ts';
import { decimal, double, toInteger } from '../number.ts';
import type { Numeric } from '../number.ts';
import { wrongType } from '../scope.ts';
import type { DateTimeValue, DateValue, TimeValue } from '../types.ts';
import type { Type, Value } from '../value.ts';
import { computed, framed, plain } from './spec.ts';
import type { Run, Spec } from './spec.ts';

type Moment = DateValue | DateTimeValue | TimeValue;

function dayPart(name: string, description: string, part: (days: number) => number): Spec {
  return plain({
    name,
    category: 'date',
    signature: `${name}(date)`,
    description,
    params: ['date'],
    returns: 'number',
    run: (date: DateValue | null) => (date === null ? null : part(date.days)),
  });
}

function timePart(name: string, description: string, unit: number, count: number): Spec {
  return plain({
    name,
    category: 'date',
    signature: `${name}(time)`,
    description,
    params: ['time'],
    returns: 'number',
    run: (time: TimeValue | null) => (time === null ? null : Math.floor(time.ms / unit) % count),
  });
}

/** One argument of any of the types; each has its own way. Date/times are taken in GMT. */
function byType(
  name: string,
  argument: string,
  description: string,
  returns: Type | 'same',
  runs: Partial<Record<Type, Run>>,
  fails = false,
): Spec {
  return {
    name,
    category: 'date',
    signature: `${name}(${argument})`,
    description,
    least: 1,
    most: 1,
    build: (call, args, scope) => {
      const [arg] = args as [(typeof args)[0]];
      const run = runs[arg.type === 'id' ? 'text' : arg.type];
      if (run === undefined) return wrongType(scope, arg, argument.replace(/_/g, ' ').replace(/\//g, ' or '), name);
      const result = returns === 'same' ? arg.type : returns;
      return computed(call, args, result, (value) => (value === null ? null : run(value)), fails && arg.type === 'text');
    },
  };
}

function daysOf(value: Value): number {
  const moment = value as Moment;
  return moment.kind === 'date' ? moment.days : Math.floor(moment.ms / DAY_MS);
}

function overDays(part: (days: number) => number): Partial<Record<Type, Run>> {
  const run: Run = (value) => part(daysOf(value));
  return { date: run, datetime: run };
}

/** Salesforce reads the text with Java's SimpleDateFormat: one-digit parts are fine, and so is anything after the last part. */
function parseDay(text: string, what: string): { days: number; rest: string } {
  const match = /^(\d{4})-[ \t]*(\d+)-[ \t]*(\d+)([^]*)$/.exec(text);
  if (match === null) fail('invalid_date', `${what}: "${text.slice(0, 40)}" does not have the form YYYY-MM-DD.`);
  const days = validDay(Number(match[1]), Number(match[2]), Number(match[3]), what);
  if (Number(match[1]) < 1) fail('invalid_date', `${what}: the year must be 1 to 9999.`);
  return { days, rest: match[4] ?? '' };
}

function parseDateTime(text: string): Value {
  const { days, rest } = parseDay(text, 'DATETIMEVALUE');
  const match = /^ [ \t]*(\d+):[ \t]*(\d+):[ \t]*(\d+)/.exec(rest);
  const [h, m, s] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  if (match === null || h > 23 || m > 59 || s > 59) {
    fail('invalid_date', `DATETIMEVALUE: "${text.slice(0, 40)}" does not have the form YYYY-MM-DD HH:MM:SS.`);
  }
  return { kind: 'datetime', ms: days * DAY_MS + ((h * 60 + m) * 60 + s) * 1000 };
}

function parseTime(text: string): Value {
  const match = /^[ \t]*(\d+):[ \t]*(\d+):[ \t]*(\d+)\.[ \t]*(\d+)$/.exec(text);
  const [h, m, s, ms] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3]), Number(match?.[4])];
  if (match === null || h > 23 || m > 59 || s > 59 || ms > 999) {
    fail('invalid_date', `TIMEVALUE: "${text.slice(0, 40)}" does not have the form HH:MM:SS.MS.`);
  }
  return { kind: 'time', ms: ((h * 60 + m) * 60 + s) * 1000 + ms };
}

const timeOf: Run = (value) => ({ kind: 'time', ms: (((value as DateTimeValue).ms % DAY_MS) + DAY_MS) % DAY_MS });

const addMonthsSpec: Spec = {
  name: 'ADDMONTHS',
  category: 'date',
  signature: 'ADDMONTHS(date, num)',
  description: 'The date (or date/time) some months later; the last day of a month stays the last day.',
  least: 2,
  most: 2,
  build: (call, args, scope) => {
    const [from, count] = args as [(typeof args)[0], (typeof args)[0]];
    if (from.type !== 'date' && from.type !== 'datetime') return wrongType(scope, from, 'a date or a date/time', 'ADDMONTHS');
    if (count.type !== 'number') return wrongType(scope, count, 'a number', 'ADDMONTHS');
    return computed(
      call,
      args,
      from.type,
      (value, months) => {
        if (value === null || months === null) return null;
        const moment = value as DateValue | DateTimeValue;
        const days = daysOf(moment);
        const later = addMonths(days, toInteger(months as Numeric));
        return moment.kind === 'date' ? dateAt(later) : instantAt(moment.ms + (later - days) * DAY_MS);
      },
      true,
    );
  },
};

const dateValue: Spec = {
  name: 'DATEVALUE',
  category: 'date',
  signature: 'DATEVALUE(expression)',
  description: "The date of a date/time, in the user's time zone, or of a text YYYY-MM-DD.",
  least: 1,
  most: 1,
  build: (call, args, scope) => {
    const [arg] = args as [(typeof args)[0]];
    if (arg.type === 'text') {
      return computed(
        call,
        args,
        'date',
        (text) => (text === null ? null : { kind: 'date', days: parseDay(text as string, 'DATEVALUE').days }),
        true,
      );
    }
    if (arg.type !== 'datetime') return wrongType(scope, arg, 'a date/time or text', 'DATEVALUE');
    return framed(call, args, 'date', (frame) => {
      const value = arg.code(frame) as DateTimeValue | null;
      return value === null ? null : { kind: 'date', days: localDay(value.ms, frame.context.timeZone) };
    });
  },
};

function clock(name: string, description: string, type: Type, at: (ms: number, timeZone: string) => Value): Spec {
  return {
    name,
    category: 'date',
    signature: `${name}()`,
    description,
    least: 0,
    most: 0,
    build: (call, args, scope) => {
      scope.usesClock = true;
      return framed(call, args, type, ({ context }) => at(context.now.getTime(), context.timeZone));
    },
  };
}

function duration(seconds: number, withDays: boolean): string {
  const size = Math.abs(Math.trunc(seconds));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = `${two((size / 60) % 60)}:${two(size % 60)}`;
  return withDays ? `${Math.floor(size / 86400)}:${two((size / 3600) % 24)}:${rest}` : `${two(size / 3600)}:${rest}`;
}

const formatDuration: Spec = {
  name: 'FORMATDURATION',
  category: 'date',
  signature: 'FORMATDURATION(numSeconds[, includeDays]) or FORMATDURATION(from, to)',
  description: 'Seconds, or the time between two times or date/times, as HH:MM:SS or D:HH:MM:SS.',
  least: 1,
  most: 2,
  build: (call, args, scope) => {
    const [first, second] = args as [(typeof args)[0], (typeof args)[0] | undefined];
    if (second === undefined) {
      if (first.type !== 'number') return wrongType(scope, first, 'a number', 'FORMATDURATION');
      return computed(call, args, 'text', (value) => (value === null ? null : duration(double(value as Numeric), false)));
    }
    if (first.type === 'null' || second.type === 'null') return computed(call, args, 'text', () => null);
    if (first.type !== 'number' && first.type !== 'time' && first.type !== 'datetime') {
      return wrongType(scope, first, 'a number, a time or a date/time', 'FORMATDURATION');
    }
    if (second.type !== (first.type === 'number' ? 'boolean' : first.type)) {
      return wrongType(scope, second, first.type === 'number' ? 'true or false' : 'a value like the first', 'FORMATDURATION');
    }
    if (first.type === 'number') {
      return computed(call, args, 'text', (value, days) =>
        value === null ? null : duration(double(value as Numeric), days === true),
      );
    }
    const withDays = first.type === 'datetime';
    return computed(call, args, 'text', (from, to) =>
      from === null || to === null ? null : duration(((to as TimeValue).ms - (from as TimeValue).ms) / 1000, withDays),
    );
  },
};

export const dateFunctions: Spec[] = [
  addMonthsSpec,
  plain({
    name: 'DATE',
    category: 'date',
    signature: 'DATE(year, month, day)',
    description: 'A date from its parts; an error if there is no such day.',
    params: ['number', 'number', 'number'],
    returns: 'date',
    fails: true,
    run: (year: Numeric | null, month: Numeric | null, day: Numeric | null) => {
      if (year === null || month === null || day === null) return null;
      const y = toInteger(year);
      if (y < 1 || y > 9999) fail('invalid_date', 'DATE: the year must be 1 to 9999.');
      return { kind: 'date', days: validDay(y, toInteger(month), toInteger(day), 'DATE') };
    },
  }),
  byType(
    'DATETIMEVALUE',
    'date/time/text',
    'A date/time from a text YYYY-MM-DD HH:MM:SS (GMT) or a date (midnight GMT).',
    'datetime',
    {
      text: (value) => parseDateTime(value as string),
      datetime: (value) => value,
      date: (value) => ({ kind: 'datetime', ms: daysOf(value) * DAY_MS }),
    },
    true,
  ),
  dateValue,
  dayPart('DAY', 'The day of the month, 1 to 31.', (days) => civil(days).day),
  dayPart('DAYOFYEAR', 'The day of the year, 1 to 366.', dayOfYear),
  formatDuration,
  plain({
    name: 'FROMUNIXTIME',
    category: 'date',
    signature: 'FROMUNIXTIME(number)',
    description: 'The date/time that lies so many seconds after 1970-01-01 00:00:00 GMT.',
    params: ['number'],
    returns: 'datetime',
    fails: true,
    run: (seconds: Numeric | null) => (seconds === null ? null : instantAt(Math.trunc(decimal(seconds).times(1000).toNumber()))),
  }),
  timePart('HOUR', 'The hour of a time, 0 to 23.', 3_600_000, 24),
  byType(
    'ISOWEEK',
    'date/date_time',
    'The ISO 8601 week, 1 to 53.',
    'number',
    overDays((days) => isoWeek(days).week),
  ),
  byType(
    'ISOYEAR',
    'date/date_time',
    'The year that the ISO 8601 week belongs to.',
    'number',
    overDays((days) => isoWeek(days).year),
  ),
  timePart('MILLISECOND', 'The milliseconds of a time, 0 to 999.', 1, 1000),
  timePart('MINUTE', 'The minutes of a time, 0 to 59.', 60_000, 60),
  dayPart('MONTH', 'The month, 1 to 12.', (days) => civil(days).month),
  clock('NOW', 'The present date/time.', 'datetime', (ms) => ({ kind: 'datetime', ms })),
  timePart('SECOND', 'The seconds of a time, 0 to 59.', 1000, 60),
  clock('TIMENOW', 'The present time of day, in GMT.', 'time', (ms) => ({ kind: 'time', ms: ((ms % DAY_MS) + DAY_MS) % DAY_MS })),
  byType(
    'TIMEVALUE',
    'date_time/time/text',
    'The time of day of a date/time, in GMT, or of a text HH:MM:SS.MS.',
    'time',
    { text: (value) => parseTime(value as string), datetime: timeOf, time: (value) => value },
    true,
  ),
  clock('TODAY', "The present date in the user's time zone.", 'date', (ms, timeZone) => ({
    kind: 'date',
    days: localDay(ms, timeZone),
  })),
  byType('UNIXTIMESTAMP', 'date/date_time/time', 'Seconds since 1970-01-01 00:00:00 GMT, or since midnight.', 'number', {
    date: (value) => daysOf(value) * 86400,
    datetime: (value) => Math.trunc((value as DateTimeValue).ms / 1000),
    time: (value) => Math.floor((value as TimeValue).ms / 1000),
  }),
  dayPart('WEEKDAY', 'The day of the week, 1 for Sunday to 7 for Saturday.', weekday),
  dayPart('YEAR', 'The year.', (days) => civil(days).year),
];
