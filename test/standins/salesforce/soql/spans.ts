/** Date literals: TODAY, LAST_N_DAYS:7 and their like, in UTC. */

const DAY = 86_400_000;

/** From, inclusive, and to, exclusive, as milliseconds. */
export function spanOf(name: string, count: number, now: number): [number, number] {
  const today = Math.floor(now / DAY) * DAY;
  const at = new Date(today);
  const month = (by: number): number => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + by, 1);
  const year = (by: number): number => Date.UTC(at.getUTCFullYear() + by, 0, 1);
  const week = today - at.getUTCDay() * DAY;
  switch (name) {
    case 'YESTERDAY':
      return [today - DAY, today];
    case 'TOMORROW':
      return [today + DAY, today + 2 * DAY];
    case 'LAST_WEEK':
      return [week - 7 * DAY, week];
    case 'THIS_WEEK':
      return [week, week + 7 * DAY];
    case 'NEXT_WEEK':
      return [week + 7 * DAY, week + 14 * DAY];
    case 'LAST_MONTH':
      return [month(-1), month(0)];
    case 'THIS_MONTH':
      return [month(0), month(1)];
    case 'NEXT_MONTH':
      return [month(1), month(2)];
    case 'LAST_YEAR':
      return [year(-1), year(0)];
    case 'THIS_YEAR':
      return [year(0), year(1)];
    case 'LAST_90_DAYS':
      return [today - 89 * DAY, today + DAY];
    case 'NEXT_90_DAYS':
      return [today + DAY, today + 91 * DAY];
    case 'LAST_N_DAYS':
      return [today - (count - 1) * DAY, today + DAY];
    case 'NEXT_N_DAYS':
      return [today + DAY, today + (count + 1) * DAY];
    case 'N_DAYS_AGO':
      return [today - count * DAY, today - (count - 1) * DAY];
    default:
      return [today, today + DAY];
  }
}
