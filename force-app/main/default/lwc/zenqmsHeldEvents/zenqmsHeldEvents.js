import { LightningElement, api } from 'lwc';
import { formatCount, formatText } from 'c/zenqmsUtil';
import labels from './labels';

/** Events of a bulk job that wait for approval. Fires `release`, `discard` and `close`. */
export default class ZenqmsHeldEvents extends LightningElement {
  labels = labels;
  /** {count, oldestReceivedAt, newestReceivedAt}; undefined: not there yet. */
  @api held;

  get hasHeld() {
    return this.held?.count > 0;
  }
  get isEmpty() {
    return this.held?.count === 0;
  }
  get heading() {
    return formatText(labels.heldCount, formatCount(this.held.count));
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
