import { LightningElement, api } from 'lwc';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

const SHOWN = 10;

/** Events of a bulk job that wait for approval. Fires `release`, `discard` and `close`. */
export default class ZenqmsHeldEvents extends LightningElement {
  labels = labels;
  /** {data: {id, recordId, changeType, eventAt}[], total?}; undefined: not there yet. */
  @api held;

  get rows() {
    return (this.held?.data ?? []).slice(0, SHOWN);
  }
  get total() {
    return this.held?.total ?? this.held?.data?.length ?? 0;
  }
  get hasRows() {
    return this.total > 0;
  }
  get isEmpty() {
    return this.held && this.total === 0;
  }
  get heading() {
    return formatText(this.held?.next ? labels.heldAtLeast : labels.heldCount, this.total);
  }
  get rest() {
    return this.total > this.rows.length ? formatText(labels.heldMore, this.total - this.rows.length) : null;
  }

  handleRelease() {
    this.dispatchEvent(new CustomEvent('release'));
  }
  handleDiscard() {
    this.dispatchEvent(new CustomEvent('discard'));
  }
  handleClose() {
    this.dispatchEvent(new CustomEvent('close'));
  }
}
