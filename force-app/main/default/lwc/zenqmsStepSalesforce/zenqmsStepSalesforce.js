import { api } from 'lwc';
import Step from 'c/zenqmsStep';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

const NEW = 'new';
const ENVIRONMENTS = [
  { value: 'production', label: labels.environmentProduction },
  { value: 'sandbox', label: labels.environmentSandbox },
  { value: 'custom', label: labels.environmentCustom },
];

/** Step 1: which org. Fires `connect` (store it and authorise) and `authorize` (again, as it is stored). */
export default class ZenqmsStepSalesforce extends Step {
  labels = labels;
  environments = ENVIRONMENTS;
  /** The chosen connection's state, as the relay last said; or null. */
  @api connection;
  /** Where to authorise, when the browser refused the window. */
  @api authorizeUrl;
  @api secrets;

  get values() {
    return this.draft.salesforce;
  }
  get connections() {
    return this.catalog.salesforceConnections ?? [];
  }
  get hasConnections() {
    return this.connections.length > 0;
  }
  get chosen() {
    return this.integration.salesforceConnectionId ?? NEW;
  }
  get choices() {
    return [
      ...this.connections.map(({ id, name, org }) => ({ value: id, label: org?.name ? `${name} (${org.name})` : name })),
      { value: NEW, label: labels.connectionNew },
    ];
  }
  get showForm() {
    return this.catalog.salesforceConnections !== null && (this.chosen === NEW || this.values.editing);
  }
  get isCustom() {
    return this.values.environment === 'custom';
  }
  get secretRequired() {
    return !this.values.editing;
  }
  get secretHelp() {
    return this.values.editing ? labels.secretUnchanged : labels.consumerSecretHelp;
  }
  get callbackUrl() {
    return this.isConnected ? null : (this.connection?.callbackUrl ?? this.connections[0]?.callbackUrl ?? null);
  }
  get status() {
    return this.chosen === NEW ? null : (this.connection?.status ?? null);
  }
  get isConnected() {
    return this.status === 'connected';
  }
  get isWaiting() {
    return this.status === 'awaiting_authorization' && !this.connection.problem;
  }
  get problem() {
    return this.status && !this.isConnected && this.connection.problem;
  }
  get needsAuthorization() {
    return Boolean(this.status) && !this.isConnected;
  }
  get connectedMessage() {
    const { org, user } = this.connection;
    return formatText(org?.sandbox ? labels.connectedSandbox : labels.connectedOrg, org?.name ?? '', user?.username ?? '');
  }

  handleChoice(event) {
    const id = event.detail.value === NEW ? null : event.detail.value;
    this.change('salesforce', { editing: false });
    this.set({ salesforceConnectionId: id });
  }
  handleInput(event) {
    this.change('salesforce', { [event.target.name]: event.detail.value });
  }
  handleSecret(event) {
    this.change('secrets', { clientSecret: event.detail.value });
  }
  handleEdit() {
    const { name, loginUrl, clientId } = this.connection;
    this.change('salesforce', { editing: true, name, environment: 'custom', loginUrl, clientId });
  }
  handleCancel() {
    this.change('salesforce', { editing: false });
  }
  handleConnect() {
    if (this.isFormComplete()) this.dispatchEvent(new CustomEvent('connect'));
  }
  handleAuthorize() {
    this.dispatchEvent(new CustomEvent('authorize'));
  }
}
