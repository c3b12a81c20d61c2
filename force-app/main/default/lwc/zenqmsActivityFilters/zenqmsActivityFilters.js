import { LightningElement, api } from 'lwc';
import { REASON_OPTIONS } from 'c/zenqmsOutcome';
import { debounce } from 'c/zenqmsUtil';
import labels from './labels';

const ALL = { value: '', label: labels.all };
const OUTCOMES = [
  ALL,
  { value: 'created', label: labels.outcomeCreated },
  { value: 'skipped', label: labels.outcomeSkipped },
  { value: 'error', label: labels.outcomeError },
];
const RECORD_ID = '[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?';
const WAIT_FOR_TYPING = 400;

/** What of the log is shown. Fires `filter` {filters}, which names only what is set. */
export default class ZenqmsActivityFilters extends LightningElement {
  labels = labels;
  outcomes = OUTCOMES;
  reasons = [ALL, ...REASON_OPTIONS];
  recordIdPattern = RECORD_ID;
  /** {integrationId?, outcome?, reason?, recordId?, since?, until?}, times in UTC */
  @api filters = {};
  @api integrations = [];
  tellLater = debounce((filters) => this.tell(filters), WAIT_FOR_TYPING);

  get integrationOptions() {
    return [ALL, ...(this.integrations ?? []).map(({ id, name }) => ({ value: id, label: name }))];
  }
  get values() {
    const { integrationId = '', outcome = '', reason = '', recordId = '', since = null, until = null } = this.filters ?? {};
    return { integrationId, outcome, reason, recordId, since, until };
  }
  get noFilters() {
    return Object.keys(this.filters ?? {}).length === 0;
  }

  handleChoice(event) {
    event.stopPropagation();
    this.tell({ ...this.filters, [event.target.name]: event.detail.value });
  }
  handleTime(event) {
    event.stopPropagation();
    const { value } = event.detail;
    this.tell({ ...this.filters, [event.target.name]: value ? new Date(value).toISOString() : '' });
  }
  handleRecord(event) {
    event.stopPropagation();
    const value = event.detail.value.trim();
    if (value === '' || new RegExp(`^${RECORD_ID}$`).test(value)) this.tellLater({ ...this.filters, recordId: value });
  }
  handleClear() {
    this.tell({});
  }
  tell(filters) {
    const set = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== '' && value !== undefined));
    this.dispatchEvent(new CustomEvent('filter', { detail: { filters: set } }));
  }
  disconnectedCallback() {
    this.tellLater.cancel();
  }
}
