import describeObject from '@salesforce/apex/ConnectionController.describeObject';
import getSalesforceConnection from '@salesforce/apex/ConnectionController.getSalesforceConnection';
import listCategories from '@salesforce/apex/ConnectionController.listCategories';
import listCategoryFields from '@salesforce/apex/ConnectionController.listCategoryFields';
import listObjects from '@salesforce/apex/ConnectionController.listObjects';
import listSalesforceConnections from '@salesforce/apex/ConnectionController.listSalesforceConnections';
import listUsers from '@salesforce/apex/ConnectionController.listUsers';
import listZenqmsConnections from '@salesforce/apex/ConnectionController.listZenqmsConnections';
import preflight from '@salesforce/apex/ConnectionController.preflight';
import formulaFunctions from '@salesforce/apex/IntegrationController.formulaFunctions';
import validateIntegration from '@salesforce/apex/IntegrationController.validateIntegration';
import ZenqmsWizard from 'c/zenqmsWizard';
import { buttonOf, find, findAll, mount, settled } from './dom';

export const CONNECTED = {
  id: 'sf-1',
  name: 'Production',
  status: 'connected',
  problem: null,
  org: { name: 'Example Ltd' },
  user: {},
};
export const list = (data) => ({ data, next: null });
export const content = (element) => find(element, '[data-content]');
export const change = (element, section, values) =>
  content(element).dispatchEvent(new CustomEvent('change', { detail: { section, values } }));
export const body = (method) => JSON.parse(method.mock.calls.at(-1)[0].bodyJson);

export async function press(element, label) {
  buttonOf(element, label).click();
  await settled();
}
export async function open(properties) {
  const element = mount('c-zenqms-wizard', ZenqmsWizard, properties);
  await settled();
  return element;
}
export async function goTo(element, step) {
  findAll(element, 'lightning-progress-step')
    .find((each) => each.dataset.step === step)
    .click();
  await settled();
}

/** Every Apex method answers as a healthy relay would. */
export function answerAll() {
  jest.useFakeTimers();
  window.open = jest.fn().mockReturnValue({});
  listSalesforceConnections.mockResolvedValue(list([CONNECTED]));
  getSalesforceConnection.mockResolvedValue(CONNECTED);
  listZenqmsConnections.mockResolvedValue(list([{ id: 'zq-1', name: 'ZenQMS', problem: null }]));
  listObjects.mockResolvedValue(list([{ name: 'Case', label: 'Case', changeEvents: true }]));
  describeObject.mockResolvedValue({
    name: 'Case',
    titleFallback: 'Subject',
    fields: [{ name: 'Subject', label: 'Subject', type: 'string' }],
  });
  formulaFunctions.mockResolvedValue(list([]));
  listCategories.mockResolvedValue(list([{ id: 'cat-1', name: 'Complaint', key: 'C', state: 'active' }]));
  listUsers.mockResolvedValue(list([{ id: 'u-1', name: 'Quality Manager', email: 'q@example.com', active: true }]));
  listCategoryFields.mockResolvedValue(list([]));
  validateIntegration.mockResolvedValue({ valid: true, problems: [] });
  preflight.mockResolvedValue({ ok: true, checks: [] });
}
