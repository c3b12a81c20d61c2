import { LightningElement, api, wire } from 'lwc';
import { CurrentPageReference, NavigationMixin } from 'lightning/navigation';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import getExecution from '@salesforce/apex/ExecutionController.getExecution';
import listExecutions from '@salesforce/apex/ExecutionController.listExecutions';
import retryExecution from '@salesforce/apex/ExecutionController.retryExecution';
import retryExecutions from '@salesforce/apex/ExecutionController.retryExecutions';
import listIntegrations from '@salesforce/apex/IntegrationController.listIntegrations';
import { fault, formatText } from 'c/zenqmsUtil';
import { COLUMNS, shown } from './rows';
import labels from './labels';

const PAGE = 50;
const REFRESH = 10000;
/** Below this width (px) a table can't be read: rows become a list. */
const NARROW = 640;

/** The execution log: what became of each event, and another try for what went wrong. */
export default class ZenqmsActivity extends NavigationMixin(LightningElement) {
  labels = labels;
  columns = COLUMNS;
  filters = {};
  rows = null;
  next = null;
  integrations = [];
  detail = null;
  loading = false;
  failure = null;
  narrow = false;

  /** Shows the activity of one record only. */
  @api recordId;

  @wire(CurrentPageReference)
  handlePage(page) {
    const { c__integrationId: integrationId, c__outcome: outcome, c__recordId: recordId } = page?.state ?? {};
    const wanted = { integrationId, outcome, recordId: recordId ?? this.recordId };
    const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
    if (JSON.stringify(given) === this.asked) return;
    this.asked = JSON.stringify(given);
    this.filters = given;
    if (this.isConnected) this.load();
  }
  connectedCallback() {
    if (this.recordId) this.filters = { ...this.filters, recordId: this.recordId };
    this.load();
    this.readIntegrations();
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- new rows come by themselves
    this.timer = setInterval(() => this.refresh(), REFRESH);
  }
  renderedCallback() {
    if (this.observer || typeof ResizeObserver === 'undefined') return;
    this.observer = new ResizeObserver(([entry]) => {
      this.narrow = entry.contentRect.width < NARROW;
    });
    this.observer.observe(this.refs.content);
  }
  disconnectedCallback() {
    clearInterval(this.timer);
    this.observer?.disconnect();
    this.observer = null;
  }

  get table() {
    const names = new Map(this.integrations.map(({ id, name }) => [id, name]));
    return (this.rows ?? []).map((row) => shown(row, names));
  }
  get showTable() {
    return this.rows?.length > 0 && !this.narrow;
  }
  get showList() {
    return this.rows?.length > 0 && this.narrow;
  }
  get isEmpty() {
    return this.rows?.length === 0;
  }
  get isFiltered() {
    return Object.keys(this.filters).length > 0;
  }
  get emptyHeading() {
    return this.isFiltered ? labels.noActivityMatches : labels.noActivity;
  }
  get emptyText() {
    return this.isFiltered ? labels.noActivityMatchesText : labels.noActivityText;
  }
  get canRetryAll() {
    return this.filters.outcome === 'error' && Boolean(this.filters.integrationId) && this.rows?.length > 0;
  }

  async readIntegrations() {
    try {
      let cursor = null;
      do {
        // eslint-disable-next-line no-await-in-loop -- each page names the next
        const page = await listIntegrations({ cursor });
        this.integrations = [...this.integrations, ...page.data];
        cursor = page.next;
      } while (cursor);
    } catch (error) {
      this.failure = fault(error);
    }
  }
  read(cursor) {
    const filters = { ...this.filters, limit: PAGE, ...(cursor ? { cursor } : {}) };
    return listExecutions({ filtersJson: JSON.stringify(filters) });
  }
  async load(cursor = null) {
    const asked = this.filters;
    this.loading = true;
    this.failure = null;
    try {
      const page = await this.read(cursor);
      if (this.filters !== asked) return;
      this.rows = cursor ? [...this.rows, ...page.data] : page.data;
      this.next = page.next;
    } catch (error) {
      this.failure = fault(error);
    } finally {
      this.loading = false;
    }
  }
  /** New rows on top and the newest state of those that are shown; what was loaded below stays. */
  async refresh() {
    if (document.hidden || this.loading || !this.rows) return;
    const asked = this.filters;
    try {
      const page = await this.read(null);
      if (this.filters !== asked) return;
      const fresh = new Set(page.data.map((row) => row.id));
      this.rows = [...page.data, ...this.rows.slice(page.data.length - PAGE).filter((row) => !fresh.has(row.id))];
      if (this.rows.length <= PAGE) this.next = page.next;
    } catch (error) {
      this.failure = fault(error);
    }
  }

  handleFilters(event) {
    const { filters } = event.detail ?? {};
    if (!filters) return;
    this.filters = filters;
    this.detail = null;
    this.load();
  }
  handleRefresh() {
    this.load();
  }
  handleMore() {
    this.load(this.next);
  }
  handleRowAction(event) {
    this.open(event.detail.row.id);
  }
  handleRow(event) {
    this.open(event.currentTarget.dataset.id);
  }
  handleClose() {
    this.detail = null;
  }
  async open(id) {
    this.failure = null;
    try {
      this.detail = await getExecution({ id });
    } catch (error) {
      this.failure = fault(error);
    }
  }
  async handleRetry(event) {
    const { id, force } = event.detail;
    this.loading = true;
    try {
      await retryExecution({ id, force });
      this.toast(labels.retried);
      await this.open(id);
      await this.load();
    } catch (error) {
      this.failure = fault(error);
    } finally {
      this.loading = false;
    }
  }
  async handleRetryAll() {
    const { integrationId, since = null } = this.filters;
    this.loading = true;
    try {
      const { retried } = await retryExecutions({ integrationId, outcome: 'error', since });
      this.toast(formatText(labels.retriedAll, retried));
      await this.load();
    } catch (error) {
      this.failure = fault(error);
    } finally {
      this.loading = false;
    }
  }
  handleRecord(event) {
    const { recordId, objectApiName } = event.detail;
    this[NavigationMixin.Navigate]({ type: 'standard__recordPage', attributes: { recordId, objectApiName, actionName: 'view' } });
  }
  toast(title) {
    this.dispatchEvent(new ShowToastEvent({ variant: 'success', title }));
  }
}
