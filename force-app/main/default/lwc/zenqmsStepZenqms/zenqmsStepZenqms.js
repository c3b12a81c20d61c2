import { api } from 'lwc';
import Step from 'c/zenqmsStep';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

const NEW = 'new';
const HOSTS = [
  { value: 'https://public-api.zenqms.com', label: labels.hostProduction },
  { value: 'https://public-api-sandbox.zenqms.com', label: labels.hostSandbox },
  { value: 'custom', label: labels.hostCustom },
];

/** Step 2: which ZenQMS account. Fires `connect`: store it; the relay tries it before it says yes. */
export default class ZenqmsStepZenqms extends Step {
  labels = labels;
  hosts = HOSTS;
  @api secrets;

  get values() {
    return this.draft.zenqms;
  }
  get connections() {
    return this.catalog.zenqmsConnections ?? [];
  }
  get hasConnections() {
    return this.connections.length > 0;
  }
  get chosen() {
    return this.integration.zenqmsConnectionId ?? NEW;
  }
  get connection() {
    return this.connections.find((each) => each.id === this.integration.zenqmsConnectionId) ?? null;
  }
  get choices() {
    return [...this.connections.map(({ id, name }) => ({ value: id, label: name })), { value: NEW, label: labels.connectionNew }];
  }
  get showForm() {
    return this.catalog.zenqmsConnections !== null && (this.chosen === NEW || this.values.editing);
  }
  get host() {
    return HOSTS.some((host) => host.value === this.values.baseUrl) ? this.values.baseUrl : 'custom';
  }
  get isCustom() {
    return this.host === 'custom';
  }
  get tokenRequired() {
    return !this.values.editing;
  }
  get tokenHelp() {
    return this.values.editing ? labels.secretUnchanged : labels.apiTokenHelp;
  }
  get problem() {
    return this.connection?.problem ?? null;
  }
  get works() {
    return this.connection && !this.problem && !this.values.editing;
  }
  get connectedMessage() {
    return formatText(labels.connectedZenqms, this.connection.name, this.connection.baseUrl);
  }

  handleChoice(event) {
    this.change('zenqms', { editing: false });
    this.set({ zenqmsConnectionId: event.detail.value === NEW ? null : event.detail.value });
  }
  handleInput(event) {
    this.change('zenqms', { [event.target.name]: event.detail.value });
  }
  handleHost(event) {
    this.change('zenqms', { baseUrl: event.detail.value === 'custom' ? '' : event.detail.value });
  }
  handleToken(event) {
    this.change('secrets', { apiToken: event.detail.value });
  }
  handleEdit() {
    const { name, baseUrl } = this.connection;
    this.change('zenqms', { editing: true, name, baseUrl });
  }
  handleCancel() {
    this.change('zenqms', { editing: false });
  }
  handleConnect() {
    if (this.isFormComplete()) this.dispatchEvent(new CustomEvent('connect'));
  }
}
