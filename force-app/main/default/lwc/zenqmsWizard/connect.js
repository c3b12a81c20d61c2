import authorizeSalesforceConnection from '@salesforce/apex/ConnectionController.authorizeSalesforceConnection';
import createSalesforceConnection from '@salesforce/apex/ConnectionController.createSalesforceConnection';
import createZenqmsConnection from '@salesforce/apex/ConnectionController.createZenqmsConnection';
import getSalesforceConnection from '@salesforce/apex/ConnectionController.getSalesforceConnection';
import updateSalesforceConnection from '@salesforce/apex/ConnectionController.updateSalesforceConnection';
import updateZenqmsConnection from '@salesforce/apex/ConnectionController.updateZenqmsConnection';

const LOGIN_URLS = { production: 'https://login.salesforce.com', sandbox: 'https://test.salesforce.com' };
const POLL = 2000;

/** What is left blank in a change stays as it is stored. */
const given = (values) => JSON.stringify(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')));

/**
 * Stores the org's connection, or changes it where `id` is given.
 * @returns {Promise<{id: string, authorizeUrl: string, callbackUrl?: string}>}
 */
export async function saveSalesforce(id, { name, environment, loginUrl, clientId }, clientSecret) {
  const values = {
    name: name.trim(),
    loginUrl: LOGIN_URLS[environment] ?? loginUrl.trim(),
    clientId: clientId.trim(),
    clientSecret,
  };
  if (!id) return createSalesforceConnection({ bodyJson: JSON.stringify(values) });
  const changed = await updateSalesforceConnection({ id, bodyJson: given(values) });
  return { ...changed, ...(await authorizeSalesforceConnection({ id })) };
}

export const authorizeUrlOf = async (id) => (await authorizeSalesforceConnection({ id })).authorizeUrl;

/** Stores the account's connection; the relay tries it first and refuses one that can't work. */
export function saveZenqms(id, { name, baseUrl }, apiToken) {
  const values = { name: name.trim(), baseUrl: baseUrl.trim(), apiToken };
  return id
    ? updateZenqmsConnection({ id, bodyJson: given(values) })
    : createZenqmsConnection({ bodyJson: JSON.stringify(values) });
}

/**
 * Asks for a connection's state until it is no longer waiting for somebody to finish in the other window.
 *
 * @param {string} id
 * @param {(connection: object) => void} tell called with each answer
 * @param {(error: *) => void} fail called when asking fails; it goes on asking
 * @returns {() => void} ends it
 */
export function watchAuthorization(id, tell, fail) {
  let timer = null;
  let ended = false;
  const ask = async () => {
    try {
      const connection = await getSalesforceConnection({ id });
      if (ended) return;
      tell(connection);
      if (connection.status !== 'awaiting_authorization' || connection.problem) return;
    } catch (error) {
      if (ended) return;
      fail(error);
    }
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- the other window can't tell this one: it belongs to another site
    timer = setTimeout(ask, POLL);
  };
  ask();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
