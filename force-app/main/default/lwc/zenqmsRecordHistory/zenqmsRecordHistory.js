import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import getExecution from '@salesforce/apex/ExecutionController.getExecution';
import recordHistory from '@salesforce/apex/ExecutionController.recordHistory';
import retryExecution from '@salesforce/apex/ExecutionController.retryExecution';
import listIntegrations from '@salesforce/apex/IntegrationController.listIntegrations';
import { changeText, reasonText } from 'c/zenqmsOutcome';
import { fault, formatText } from 'c/zenqmsUtil';
import labels from './labels';

const LOOKS = {
  created: { icon: 'utility:success', variant: 'success', text: labels.outcomeCreated },
  skipped: { icon: 'utility:skip', variant: '', text: labels.outcomeSkipped },
  error: { icon: 'utility:error', variant: 'error', text: labels.outcomeError },
};

/** On a record's page: each event of the record, each clause of the formula, the Issue, or exactly why there is none. */
export default class ZenqmsRecordHistory extends LightningElement {
  labels = labels;
  rows = null;
  names = new Map();
  details = {};
  loading = false;
  failure = null;
  _recordId;

  @api
  get recordId() {
    return this._recordId;
  }
  set recordId(value) {
    const changed = value !== this._recordId;
    this._recordId = value;
    if (changed && this.isConnected) this.load();
  }

  connectedCallback() {
    this.load();
  }

  get items() {
    return (this.rows ?? []).map((row) => ({
      ...row,
      ...(LOOKS[row.outcome] ?? LOOKS.error),
      heading: row.issueNumber
        ? formatText(labels.reasonWithIssue, reasonText(row.reason), row.issueNumber)
        : reasonText(row.reason),
      about: [this.names.get(row.integrationId), changeText(row.changeType)].filter(Boolean).join(' • '),
      detail: this.details[row.id] ?? null,
      expanded: String(Boolean(this.details[row.id])),
      chevron: this.details[row.id] ? 'utility:chevrondown' : 'utility:chevronright',
      toggleLabel: formatText(this.details[row.id] ? labels.hideDetail : labels.showDetail, reasonText(row.reason)),
    }));
  }
  get issue() {
    return (
      (this.rows ?? []).find((row) => row.issueNumber && row.outcome === 'created') ??
      (this.rows ?? []).find((row) => row.issueNumber)
    );
  }
  get verdict() {
    if (this.issue) return formatText(labels.recordHasIssue, this.issue.issueNumber);
    return formatText(labels.recordHasNone, this.rows[0].message);
  }
  get verdictVariant() {
    if (this.issue) return 'success';
    return this.rows[0].outcome === 'error' ? 'error' : 'info';
  }
  get hasRows() {
    return this.rows?.length > 0;
  }
  get isEmpty() {
    return this.rows?.length === 0;
  }

  async load() {
    const asked = this._recordId;
    if (!asked) return;
    this.loading = true;
    this.failure = null;
    try {
      const [history, integrations] = await Promise.all([recordHistory({ recordId: asked }), listIntegrations({ cursor: null })]);
      if (asked !== this._recordId) return;
      this.names = new Map(integrations.data.map(({ id, name }) => [id, name]));
      this.rows = history.data;
      this.details = {};
      if (this.rows.length) await this.show(this.rows[0].id);
    } catch (error) {
      this.failure = fault(error);
    } finally {
      this.loading = false;
    }
  }
  async show(id) {
    try {
      const detail = await getExecution({ id });
      this.details = { ...this.details, [id]: detail };
    } catch (error) {
      this.failure = fault(error);
    }
  }
  handleToggle(event) {
    const { id } = event.currentTarget.dataset;
    if (this.details[id]) this.details = { ...this.details, [id]: null };
    else this.show(id);
  }
  handleRefresh() {
    this.load();
  }
  async handleRetry(event) {
    const { id, force } = event.detail;
    this.loading = true;
    try {
      await retryExecution({ id, force });
      this.dispatchEvent(new ShowToastEvent({ variant: 'success', title: labels.retried }));
      await this.load();
    } catch (error) {
      this.failure = fault(error);
    } finally {
      this.loading = false;
    }
  }
}
