import authorizeSalesforceConnection from '@salesforce/apex/ConnectionController.authorizeSalesforceConnection';
import createSalesforceConnection from '@salesforce/apex/ConnectionController.createSalesforceConnection';
import createZenqmsConnection from '@salesforce/apex/ConnectionController.createZenqmsConnection';
import getSalesforceConnection from '@salesforce/apex/ConnectionController.getSalesforceConnection';
import updateSalesforceConnection from '@salesforce/apex/ConnectionController.updateSalesforceConnection';
import { refusal, settled } from 'test/dom';
import { answerAll, CONNECTED, body, change, content, open, press } from 'test/wizardStage';

beforeEach(() => {
  answerAll();
});

describe('connecting Salesforce', () => {
  async function connect(element) {
    change(element, 'salesforce', { name: ' Production ', environment: 'sandbox', clientId: 'key ' });
    change(element, 'secrets', { clientSecret: 'hush' });
    await settled();
    content(element).dispatchEvent(new CustomEvent('connect'));
    await settled();
  }

  it('stores it, opens the window and follows the status by itself', async () => {
    createSalesforceConnection.mockResolvedValue({
      ...CONNECTED,
      status: 'awaiting_authorization',
      authorizeUrl: 'https://x/authorize',
    });
    getSalesforceConnection.mockResolvedValue({ ...CONNECTED, status: 'awaiting_authorization' });
    const element = await open();
    await connect(element);
    expect(body(createSalesforceConnection)).toEqual({
      name: 'Production',
      loginUrl: 'https://test.salesforce.com',
      clientId: 'key',
      clientSecret: 'hush',
    });
    expect(window.open).toHaveBeenCalledWith('https://x/authorize', '_blank');
    expect(content(element).connection.status).toBe('awaiting_authorization');
    getSalesforceConnection.mockResolvedValue(CONNECTED);
    jest.advanceTimersByTime(2000);
    await settled();
    expect(content(element).connection.status).toBe('connected');
    const asked = getSalesforceConnection.mock.calls.length;
    jest.advanceTimersByTime(60000);
    await settled();
    expect(getSalesforceConnection).toHaveBeenCalledTimes(asked);
  });

  it('gives a link where the browser refuses the window', async () => {
    window.open.mockReturnValue(null);
    createSalesforceConnection.mockResolvedValue({ ...CONNECTED, authorizeUrl: 'https://x/authorize' });
    const element = await open();
    await connect(element);
    expect(content(element).authorizeUrl).toBe('https://x/authorize');
  });

  it('shows what the relay refuses at its field and keeps what was typed', async () => {
    const details = [{ path: 'loginUrl', message: 'This host is not allowed.' }];
    createSalesforceConnection.mockRejectedValue(refusal('host_not_allowed', 'Not allowed.', details));
    const element = await open();
    await connect(element);
    expect(content(element).problems).toEqual(details);
    expect(content(element).draft.salesforce.clientId).toBe('key ');
    expect(content(element).secrets.clientSecret).toBe('hush');
    change(element, 'salesforce', { loginUrl: 'https://other.my.salesforce.com' });
    await settled();
    expect(content(element).problems).toEqual([]);
  });

  it('authorises again what is stored', async () => {
    authorizeSalesforceConnection.mockResolvedValue({ authorizeUrl: 'https://x/again' });
    const element = await open();
    change(element, 'integration', { salesforceConnectionId: 'sf-1' });
    await settled();
    content(element).dispatchEvent(new CustomEvent('authorize'));
    await settled();
    expect(window.open).toHaveBeenCalledWith('https://x/again', '_blank');
  });

  it('changes stored credentials and leaves out what was left empty', async () => {
    updateSalesforceConnection.mockResolvedValue(CONNECTED);
    authorizeSalesforceConnection.mockResolvedValue({ authorizeUrl: 'https://x/again' });
    const element = await open();
    change(element, 'integration', { salesforceConnectionId: 'sf-1' });
    change(element, 'salesforce', {
      editing: true,
      name: 'Production',
      environment: 'custom',
      loginUrl: 'https://a.my.salesforce.com',
      clientId: 'new',
    });
    await settled();
    content(element).dispatchEvent(new CustomEvent('connect'));
    await settled();
    expect(body(updateSalesforceConnection)).toEqual({
      name: 'Production',
      loginUrl: 'https://a.my.salesforce.com',
      clientId: 'new',
    });
  });
});

it('connects ZenQMS and chooses it', async () => {
  createZenqmsConnection.mockResolvedValue({ id: 'zq-2', name: 'Second', problem: null });
  const element = await open();
  change(element, 'integration', { salesforceConnectionId: 'sf-1' });
  await settled();
  await press(element, 'Next');
  change(element, 'zenqms', { name: 'Second' });
  change(element, 'secrets', { apiToken: 'hush' });
  await settled();
  content(element).dispatchEvent(new CustomEvent('connect'));
  await settled();
  expect(body(createZenqmsConnection)).toEqual({ name: 'Second', baseUrl: 'https://public-api.zenqms.com', apiToken: 'hush' });
  expect(content(element).draft.integration.zenqmsConnectionId).toBe('zq-2');
});
