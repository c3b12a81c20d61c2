import LOCALE from '@salesforce/i18n/locale';

/** A label's text with {0}, {1} … replaced. */
export const formatText = (text, ...values) => text.replace(/\{(\d+)\}/g, (place, index) => String(values[index] ?? place));

/** A count in the user's language: 11,800; what is not known is a dash. */
export const formatCount = (value) => (value === undefined || value === null ? '–' : new Intl.NumberFormat(LOCALE).format(value));

const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** Seconds as a person reads them, in the user's language: '45 sec', '12 min', '3 hr'; null gives null. */
export function formatDuration(seconds) {
  if (seconds === null || seconds === undefined) return null;
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = UNITS.find(([, length]) => whole >= length * (length === 1 ? 0 : 2)) ?? UNITS[3];
  return new Intl.NumberFormat(LOCALE, { style: 'unit', unit, unitDisplay: 'short' }).format(Math.floor(whole / size));
}

/** Calls `work` once, `wait` milliseconds after the last call. */
export function debounce(work, wait) {
  let timer = null;
  const later = (...args) => {
    clearTimeout(timer);
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- this is the one place that waits for typing to pause
    timer = setTimeout(() => work(...args), wait);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
