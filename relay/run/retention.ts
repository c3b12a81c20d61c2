/** How long Salesforce keeps change events for who was not there (Change Data Capture guide: three days). */
const RETENTION_HOURS = 72;

/**
 * Hours until the first event is lost that nobody has read. While the org is listened to, everything until now has been read, however old
 * the last event is. @param ageSeconds of what was last stored; null: nothing ever was
 */
export function hoursUntilLoss(streaming: boolean, ageSeconds: number | null): number | null {
  if (streaming) return RETENTION_HOURS;
  return ageSeconds === null ? null : Math.max(0, Math.round((RETENTION_HOURS - ageSeconds / 3_600) * 10) / 10);
}
