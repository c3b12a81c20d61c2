import { LightningElement, api } from 'lwc';
import labels from './labels';

const ICONS = { error: 'utility:error', warning: 'utility:warning', success: 'utility:success', info: 'utility:info' };

/**
 * A message inside the page: what happened, and below it what to do.
 * @slot default buttons that do it
 */
export default class ZenqmsMessage extends LightningElement {
  /** error | warning | success | info */
  @api variant = 'info';
  @api message;
  /** What to do about it. */
  @api remedy;
  /** {path, message}[]: one line each. */
  @api items = [];

  get icon() {
    return ICONS[this.variant] ?? ICONS.info;
  }
  get iconText() {
    return labels[this.variant] ?? labels.info;
  }
  get iconVariant() {
    return this.variant === 'info' ? '' : this.variant;
  }
  get role() {
    return this.variant === 'error' ? 'alert' : 'status';
  }
  get lines() {
    return (this.items ?? []).map((item, index) => ({ key: index, text: item.message }));
  }
  get hasLines() {
    return this.lines.length > 0;
  }
}
