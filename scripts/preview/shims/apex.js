/* eslint-disable no-restricted-globals -- the preview calls the relay as Apex would; it never ships. */
const call = (method, path, body) => ({ method, path, body });
/** Every page of a list in one answer, as RelayClient.readAll gives it. */
const all = (path) => ({ method: 'GET', path, everyPage: true });
const query = (values) => {
  const used = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return used.length ? `?${new URLSearchParams(used)}` : '';
};
const id = encodeURIComponent;
const parse = (json) => JSON.parse(json);

const SALESFORCE = '/salesforce/connections';
const ZENQMS = '/zenqms/connections';

/** Each @AuraEnabled method as the request that its Apex sends. */
const METHODS = {
  'ConnectionController.listSalesforceConnections': () => all(SALESFORCE),
  'ConnectionController.getSalesforceConnection': (p) => call('GET', `${SALESFORCE}/${id(p.id)}`),
  'ConnectionController.createSalesforceConnection': (p) => call('POST', SALESFORCE, parse(p.bodyJson)),
  'ConnectionController.updateSalesforceConnection': (p) => call('PATCH', `${SALESFORCE}/${id(p.id)}`, parse(p.bodyJson)),
  'ConnectionController.deleteSalesforceConnection': (p) => call('DELETE', `${SALESFORCE}/${id(p.id)}`),
  'ConnectionController.authorizeSalesforceConnection': (p) => call('POST', `${SALESFORCE}/${id(p.id)}/authorize`, {}),
  'ConnectionController.preflight': (p) => call('POST', `${SALESFORCE}/${id(p.id)}/preflight`, parse(p.bodyJson)),
  'ConnectionController.listObjects': (p) =>
    call('GET', `${SALESFORCE}/${id(p.connectionId)}/objects${query({ search: p.search, cursor: p.cursor })}`),
  'ConnectionController.describeObject': (p) => call('GET', `${SALESFORCE}/${id(p.connectionId)}/objects/${id(p.objectName)}`),
  'ConnectionController.listZenqmsConnections': () => all(ZENQMS),
  'ConnectionController.createZenqmsConnection': (p) => call('POST', ZENQMS, parse(p.bodyJson)),
  'ConnectionController.updateZenqmsConnection': (p) => call('PATCH', `${ZENQMS}/${id(p.id)}`, parse(p.bodyJson)),
  'ConnectionController.deleteZenqmsConnection': (p) => call('DELETE', `${ZENQMS}/${id(p.id)}`),
  'ConnectionController.listCategories': (p) => all(`${ZENQMS}/${id(p.connectionId)}/categories`),
  'ConnectionController.listCategoryFields': (p) => all(`${ZENQMS}/${id(p.connectionId)}/categories/${id(p.categoryId)}/fields`),
  'ConnectionController.listUsers': (p) => call('GET', `${ZENQMS}/${id(p.connectionId)}/users${query({ search: p.search })}`),

  'IntegrationController.listIntegrations': (p) => call('GET', `/integrations${query({ cursor: p.cursor })}`),
  'IntegrationController.getIntegration': (p) => call('GET', `/integrations/${id(p.id)}`),
  'IntegrationController.createIntegration': (p) => call('POST', '/integrations', parse(p.bodyJson)),
  'IntegrationController.updateIntegration': (p) => call('PUT', `/integrations/${id(p.id)}`, parse(p.bodyJson)),
  'IntegrationController.deleteIntegration': (p) => call('DELETE', `/integrations/${id(p.id)}`),
  'IntegrationController.listRevisions': (p) => all(`/integrations/${id(p.id)}/revisions`),
  'IntegrationController.validateIntegration': (p) => call('POST', '/integrations/validate', parse(p.bodyJson)),
  'IntegrationController.previewIntegration': (p) => call('POST', '/integrations/preview', parse(p.bodyJson)),
  'IntegrationController.pauseIntegration': (p) => call('POST', `/integrations/${id(p.id)}/pause`, {}),
  'IntegrationController.resumeIntegration': (p) => call('POST', `/integrations/${id(p.id)}/resume`, { from: p.resumeFrom }),
  'IntegrationController.getStatus': (p) => call('GET', `/integrations/${id(p.id)}/status`),
  'IntegrationController.startCatchUp': (p) => call('POST', `/integrations/${id(p.id)}/catch-up`, { since: p.since }),
  'IntegrationController.getCatchUp': (p) => call('GET', `/integrations/${id(p.id)}/catch-up`),
  'IntegrationController.listHeld': (p) => call('GET', `/integrations/${id(p.id)}/held`),
  'IntegrationController.releaseHeld': (p) => call('POST', `/integrations/${id(p.id)}/held/release`, {}),
  'IntegrationController.discardHeld': (p) => call('POST', `/integrations/${id(p.id)}/held/discard`, {}),
  'IntegrationController.formulaFunctions': () => all('/formula/functions'),

  'ExecutionController.listExecutions': (p) => call('GET', `/executions${query(parse(p.filtersJson))}`),
  'ExecutionController.getExecution': (p) => call('GET', `/executions/${id(p.id)}`),
  'ExecutionController.retryExecution': (p) => call('POST', `/executions/${id(p.id)}/retry`, p.force ? { force: true } : {}),
  'ExecutionController.retryExecutions': (p) =>
    call('POST', '/executions/retry', {
      integrationId: p.integrationId,
      outcome: p.outcome,
      ...(p.since ? { since: p.since } : {}),
    }),
  'ExecutionController.recordHistory': (p) => call('GET', `/executions${query({ recordId: p.recordId })}`),
};

/** What a failed Apex call looks like to a component: an AuraHandledException whose message is JSON. */
const failure = (fault) => Object.assign(new Error(fault.message), { body: { message: JSON.stringify(fault) }, ok: false });

async function ask({ method, path, body }) {
  const response = await fetch(`/relay/api/v1${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text === '' ? null : JSON.parse(text);
  if (response.ok) return answer;
  const { code, message, details = [] } = answer?.error ?? { code: `http_${response.status}`, message: response.statusText };
  throw failure({ code, message, details, requestId: answer?.requestId ?? null });
}

async function send(request) {
  if (!request.everyPage) return ask(request);
  const data = [];
  let next = null;
  do {
    // eslint-disable-next-line no-await-in-loop -- each page names the next
    const page = await ask({ ...request, path: `${request.path}${query({ limit: 500, cursor: next })}` });
    data.push(...page.data);
    next = page.next;
  } while (next);
  return { data, next: null };
}

/** `name` is `Class.method`; Salesforce's own import may carry a namespace in front. Works imperatively and as a wire adapter. */
export function apexMethod(name) {
  const method = METHODS[name];
  if (!method) throw new Error(`The preview has no Apex method ${name}`);
  const invoke = (parameters = {}) => send(method(parameters));
  invoke.adapter = class {
    constructor(dataCallback) {
      this.tell = dataCallback;
      dataCallback({ data: undefined, error: undefined });
    }
    connect() {}
    update(config) {
      invoke(config).then(
        (data) => this.tell({ data, error: undefined }),
        (error) => this.tell({ data: undefined, error }),
      );
    }
    disconnect() {}
  };
  return invoke;
}
