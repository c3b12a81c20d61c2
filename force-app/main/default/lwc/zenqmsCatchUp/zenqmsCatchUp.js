import { LightningElement, api } from 'lwc';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

const DAY = 86400000;

/** Finds by query what the stream did not bring, since a time that is asked for. Fires `start` {since} and `close`. */
export default class ZenqmsCatchUp extends LightningElement {
  labels = labels;
  /** {state, since, until, cursorAt, found, added, message}; null: none yet; undefined: not known yet. */
  @api progress;
  since = new Date(Date.now() - DAY).toISOString();
  latest = new Date().toISOString();

  get isRunning() {
    return Boolean(this.progress) && !this.isDone && !this.hasFailed;
  }
  get isDone() {
    return this.progress?.state === 'done';
  }
  get hasFailed() {
    return this.progress?.state === 'failed';
  }
  get percent() {
    const { since, until, cursorAt } = this.progress ?? {};
    const length = Date.parse(until) - Date.parse(since);
    const gone = Date.parse(cursorAt ?? since) - Date.parse(since);
    return length > 0 ? Math.min(100, Math.round((gone / length) * 100)) : 0;
  }
  get counts() {
    const { found = 0, added = 0 } = this.progress ?? {};
    return formatText(this.isDone ? labels.catchUpDone : labels.catchUpCounts, found, added);
  }

  handleSince(event) {
    this.since = event.detail.value;
  }
  handleStart() {
    const input = this.template.querySelector('lightning-input');
    if (!input.reportValidity()) return;
    this.dispatchEvent(new CustomEvent('start', { detail: { since: new Date(this.since).toISOString() } }));
  }
  handleClose() {
    this.dispatchEvent(new CustomEvent('close'));
  }
}
