import { LightningElement, api } from 'lwc';
import labels from './labels';

const PATIENCE = 300;

/** A spinner over its surroundings (which must be positioned) that shows only when the work takes longer than 300 ms. */
export default class ZenqmsBusy extends LightningElement {
  labels = labels;
  visible = false;
  timer = null;
  _busy = false;

  @api
  get busy() {
    return this._busy;
  }
  set busy(value) {
    this._busy = Boolean(value);
    clearTimeout(this.timer);
    if (!this._busy) {
      this.visible = false;
      return;
    }
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- a spinner that flashes is worse than none
    this.timer = setTimeout(() => {
      this.visible = true;
    }, PATIENCE);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }
}
