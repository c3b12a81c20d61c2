import { LightningElement, api } from 'lwc';

/** Stands where `lightning-record-picker` searches the org: here the id is pasted. Same properties and same `change` event. */
export default class RecordPicker extends LightningElement {
  @api label;
  @api variant;
  @api placeholder;
  @api objectApiName;
  @api value;
  @api disabled = false;
  @api required = false;
  @api clearSelection() {
    this.value = '';
  }
  handleChange(event) {
    event.stopPropagation();
    const recordId = event.detail.value.trim();
    this.dispatchEvent(new CustomEvent('change', { detail: { recordId: recordId === '' ? null : recordId } }));
  }
}
