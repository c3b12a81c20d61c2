import { LightningElement, api } from 'lwc';
import { formatCount, formatDuration, formatText } from 'c/zenqmsUtil';
import labels from './labels';

const STATES = {
  active: { label: labels.stateActive, className: 'slds-theme_success' },
  starting: { label: labels.stateStarting, className: 'slds-theme_info' },
  paused: { label: labels.statePaused, className: 'slds-theme_warning' },
};
const STREAMS = {
  streaming: { label: labels.streamStreaming, icon: 'utility:success', variant: 'success' },
  retrying: { label: labels.streamRetrying, icon: 'utility:warning', variant: 'warning' },
  stopped: { label: labels.streamStopped, icon: 'utility:error', variant: 'error' },
};
const TRIGGERS = { both: labels.triggerBoth, create: labels.triggerCreate, update: labels.triggerUpdate };
/** Below this many hours the loss of events is near enough to be shown as an error. */
const HOURS_TO_WARN = 24;
const NOTHING = '–';

/** One integration of the list. Fires `action` {action, id, values?}. */
export default class ZenqmsIntegrationItem extends LightningElement {
  labels = labels;
  @api integration;
  /** {waiting, needsAttention, counts, lastCreatedAt, lagSeconds, problems?, held?}; null: not there yet. */
  @api status;
  /** The Salesforce connection, with `stream`; null: not known. */
  @api connection;
  /** {name, data, failure?} of what is unfolded; or null. */
  @api panel;
  @api working = false;

  get state() {
    return STATES[this.status?.status ?? this.integration.status] ?? STATES.paused;
  }
  get badgeClass() {
    return `slds-m-left_x-small ${this.state.className}`;
  }
  get isPaused() {
    return (this.status?.status ?? this.integration.status) === 'paused';
  }
  get summary() {
    return formatText(labels.itemSummary, this.integration.object, TRIGGERS[this.integration.triggerOn]);
  }
  get stream() {
    if (this.isPaused) return null;
    return STREAMS[this.connection?.stream?.state] ?? null;
  }
  get problems() {
    const { problem, stream } = this.connection ?? {};
    return [problem, problem ? null : stream?.problem, ...(this.status?.problems ?? [])]
      .filter(Boolean)
      .map((each, index) => ({ ...each, key: index, variant: each.blocking === false ? 'warning' : 'error' }));
  }
  get metrics() {
    const { counts = {}, waiting, lagSeconds } = this.status ?? {};
    return [
      { key: 'created', label: labels.created, value: formatCount(counts.created) },
      { key: 'skipped', label: labels.skipped, value: formatCount(counts.skipped) },
      { key: 'error', label: labels.errors, value: formatCount(counts.error), isBad: counts.error > 0 },
      { key: 'waiting', label: labels.waiting, value: formatCount(waiting) },
      { key: 'lag', label: labels.lag, value: formatDuration(lagSeconds) ?? NOTHING },
    ].map((metric) => ({
      ...metric,
      className: metric.isBad ? 'slds-text-color_error slds-text-title_bold' : 'slds-text-title_bold',
    }));
  }
  get lastIssueAt() {
    return this.status?.lastCreatedAt ?? null;
  }
  get lossHours() {
    const hours = this.connection?.stream?.hoursUntilLoss;
    return hours === null || hours === undefined || this.isPaused ? null : formatDuration(hours * 3600);
  }
  get lossClass() {
    return this.connection.stream.hoursUntilLoss < HOURS_TO_WARN
      ? 'slds-text-color_error slds-text-title_bold'
      : 'slds-text-title_bold';
  }
  get unreadable() {
    return this.status?.unreadable ?? null;
  }
  get attention() {
    const { needsAttention = 0 } = this.status ?? {};
    return needsAttention > 0 ? formatText(labels.needsAttention, formatCount(needsAttention)) : null;
  }
  get held() {
    const { held = 0 } = this.status ?? {};
    return held > 0 ? formatText(labels.heldCount, formatCount(held)) : null;
  }
  get menuLabel() {
    return formatText(labels.actionsFor, this.integration.name);
  }
  get shows() {
    return { [this.panel?.name ?? 'none']: true };
  }
  get panelLoading() {
    return this.panel && this.panel.data === undefined && !this.panel.failure;
  }

  handleButton(event) {
    this.act(event.currentTarget.dataset.action);
  }
  handleMenu(event) {
    this.act(event.detail.value);
  }
  handleStart(event) {
    this.act('startCatchUp', { since: event.detail.since });
  }
  handlePanel(event) {
    this.act(event.type);
  }
  act(action, values) {
    this.dispatchEvent(new CustomEvent('action', { detail: { action, id: this.integration.id, values } }));
  }
}
