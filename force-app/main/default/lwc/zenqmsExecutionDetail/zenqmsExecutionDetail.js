import { LightningElement, api } from 'lwc';
import { changeText, reasonText } from 'c/zenqmsOutcome';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

const VARIANTS = { created: 'success', skipped: 'info', error: 'error' };

/** What became of one event: the outcome, how it was decided, and each attempt. Fires `retry` {id, force}, `record` and `close`. */
export default class ZenqmsExecutionDetail extends LightningElement {
  labels = labels;
  /** A row of the log with `decision` and `attemptLog`. */
  @api execution;
  @api closable = false;
  /** The record is the page's own: no link to it. */
  @api hideRecord = false;

  get variant() {
    return VARIANTS[this.execution.outcome] ?? 'error';
  }
  get heading() {
    const { issueNumber, reason } = this.execution;
    return issueNumber ? formatText(labels.reasonWithIssue, reasonText(reason), issueNumber) : reasonText(reason);
  }
  get showRecord() {
    return !this.hideRecord;
  }
  get issueUrl() {
    return this.execution.issueUrl ?? null;
  }
  get steps() {
    return this.execution.steps ?? this.execution.decision?.steps ?? [];
  }
  get hasSteps() {
    return this.steps.length > 0;
  }
  get attempts() {
    return (this.execution.attemptLog ?? []).map((attempt, index) => ({
      ...attempt,
      key: index,
      facts: [
        attempt.httpStatus ? formatText(labels.httpStatus, attempt.httpStatus) : null,
        formatText(labels.milliseconds, Math.round(attempt.durationMs)),
      ]
        .filter(Boolean)
        .join(' • '),
    }));
  }
  get hasAttempts() {
    return this.attempts.length > 0;
  }
  get nextTryAt() {
    return this.execution.nextTryAt ?? null;
  }
  get canRetry() {
    return this.execution.outcome === 'error';
  }
  /** An Issue that was deleted in ZenQMS is made anew only when somebody says so. */
  get canForce() {
    return this.execution.outcome === 'skipped' && this.execution.reason === 'duplicate';
  }
  get eventText() {
    return formatText(labels.eventOf, this.execution.object, changeText(this.execution.changeType));
  }

  handleRetry() {
    this.retry(false);
  }
  handleForce() {
    this.retry(true);
  }
  handleRecord() {
    const { recordId, object } = this.execution;
    this.dispatchEvent(new CustomEvent('record', { detail: { recordId, objectApiName: object } }));
  }
  handleClose() {
    this.dispatchEvent(new CustomEvent('close'));
  }
  retry(force) {
    this.dispatchEvent(new CustomEvent('retry', { detail: { id: this.execution.id, force } }));
  }
}
