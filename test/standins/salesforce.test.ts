/** The stand-in itself: what the relay is tested against must be as strict as what it stands for. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Salesforce, type SalesforceOptions, startSalesforce } from './salesforce/server.ts';

let salesforce: Salesforce;
beforeEach(() => start());
afterEach(() => salesforce.close());

async function start(options: SalesforceOptions = {}): Promise<void> {
  salesforce = await startSalesforce({ connectTimeoutMs: 300, ...options });
}

const VERIFIER = 'v'.repeat(64);
const CALLBACK = 'http://127.0.0.1:9/callback';

function authorizeUrl(changes: Record<string, string> = {}): string {
  const url = new URL(`${salesforce.url}/services/oauth2/authorize`);
  const parameters = {
    response_type: 'code',
    client_id: salesforce.app.clientId,
    redirect_uri: CALLBACK,
    state: 's1',
    scope: 'api refresh_token offline_access',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
}

async function token(changes: Record<string, string>): Promise<{ status: number; body: Record<string, string> }> {
  const body = new URLSearchParams({
    client_id: salesforce.app.clientId,
    client_secret: salesforce.app.clientSecret,
    ...changes,
  });
  const response = await fetch(`${salesforce.url}/services/oauth2/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function logIn(): Promise<Record<string, string>> {
  const { location } = await salesforce.authorizeInBrowser(authorizeUrl());
  const code = new URL(location!).searchParams.get('code')!;
  return (await token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER })).body;
}

async function rest(
  accessToken: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(`${salesforce.url}/services/data/v66.0${path}`, {
    ...init,
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

describe('OAuth', () => {
  test('a code is good once, with its verifier and its redirect URI', async () => {
    const { location } = await salesforce.authorizeInBrowser(authorizeUrl());
    const code = new URL(location!).searchParams.get('code')!;
    const grant = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER };
    expect((await token({ ...grant, code_verifier: 'w'.repeat(64) })).body).toMatchObject({ error: 'invalid_grant' });
    expect((await token({ ...grant, client_secret: 'wrong' })).body).toMatchObject({ error: 'invalid_client' });
    expect((await token(grant)).body).toMatchObject({ token_type: 'Bearer', instance_url: salesforce.url });
    expect(await token(grant)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('PKCE is asked for, with S256', async () => {
    const plain = await salesforce.authorizeInBrowser(authorizeUrl({ code_challenge_method: 'plain' }));
    expect(plain.location).toContain('error=invalid_request');
    const none = await salesforce.authorizeInBrowser(authorizeUrl({ code_challenge: '' }));
    expect(none.location).toContain('error=invalid_request');
  });

  test('a refresh token that was rotated is dead', async () => {
    const first = await logIn();
    const second = await token({ grant_type: 'refresh_token', refresh_token: first['refresh_token']! });
    expect(second.body['refresh_token']).not.toBe(first['refresh_token']);
    expect(await token({ grant_type: 'refresh_token', refresh_token: first['refresh_token']! })).toMatchObject({ status: 400 });
  });

  test('a person may refuse, and an org too', async () => {
    expect((await salesforce.authorizeInBrowser(authorizeUrl(), 'deny')).location).toContain('error=access_denied');
    salesforce.org.refusal = { error: 'OAUTH_APPROVAL_ERROR_GENERIC', description: 'app must be installed into org' };
    expect((await salesforce.authorizeInBrowser(authorizeUrl())).location).toContain('OAUTH_APPROVAL_ERROR_GENERIC');
  });
});

describe('REST', () => {
  test('retrieves what is visible, null for the rest, and refuses a field that is hidden', async () => {
    const { access_token } = await logIn();
    const account = salesforce.db.insert('Account', { Name: 'City Hospital', BillingCity: 'Kiel' });
    const seen = salesforce.db.insert('Case', { Subject: 'Leak', AccountId: account });
    const gone = salesforce.db.insert('Case', { Subject: 'Gone' });
    salesforce.db.delete('Case', gone);
    const body = JSON.stringify({ ids: [seen, gone], fields: ['Id', 'Subject'] });
    expect((await rest(access_token!, '/composite/sobjects/Case', { method: 'POST', body })).body).toMatchObject([
      { Subject: 'Leak' },
      null,
    ]);
    salesforce.org.access.hiddenFields.add('Case.Subject');
    expect(await rest(access_token!, '/composite/sobjects/Case', { method: 'POST', body })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD' }],
    });
    const soql = encodeURIComponent(`SELECT Id, Account.Name, Owner.Name FROM Case WHERE Id IN ('${seen}','${gone}')`);
    const found = await rest(access_token!, `/query?q=${soql}`);
    expect(found.body.records).toMatchObject([
      { Id: seen, Account: { Name: 'City Hospital' }, Owner: { Name: 'ZenQMS Integration' } },
    ]);
    expect(found.headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/);
    expect((await rest(access_token!, `/query?q=${encodeURIComponent("SELECT Nope FROM Case WHERE Subject = 'x")}`)).status).toBe(
      400,
    );
  });

  test('pages of 2,000', async () => {
    const { access_token } = await logIn();
    salesforce.db.insertMany(
      'Case',
      Array.from({ length: 2_001 }, (_, n) => ({ Subject: `Case ${n}` })),
    );
    const first = await rest(access_token!, `/query?q=${encodeURIComponent('SELECT Id FROM Case')}`);
    expect(first.body).toMatchObject({ totalSize: 2_001, done: false });
    const rest2 = await rest(access_token!, first.body.nextRecordsUrl.replace('/services/data/v66.0', ''));
    expect(rest2.body).toMatchObject({ done: true, records: [expect.anything()] });
  });

  test('a session that has ended is 401, too many calls are 403', async () => {
    const { access_token } = await logIn();
    salesforce.org.limits.apiUsedElsewhere = 100_000;
    expect(await rest(access_token!, '/limits')).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] });
    salesforce.org.sessions.expireAccessTokens();
    expect(await rest(access_token!, '/limits')).toMatchObject({ status: 401, body: [{ errorCode: 'INVALID_SESSION_ID' }] });
  });
});

/** A bare Bayeux client that does only what it is told. */
async function bayeux(accessToken: string) {
  let cookie = '';
  const post = async (messages: object[], cookies = true): Promise<any[]> => {
    const response = await fetch(`${salesforce.url}/cometd/66.0`, {
      method: 'POST',
      body: JSON.stringify(messages),
      headers: {
        authorization: `OAuth ${accessToken}`,
        'content-type': 'application/json',
        ...(cookies && cookie ? { cookie } : {}),
      },
    });
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    return (await response.json()) as any[];
  };
  const [hello] = await post([
    { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'], ext: { replay: true } },
  ]);
  const clientId = hello.clientId as string;
  return {
    hello,
    post,
    connect: (cookies = true) => post([{ channel: '/meta/connect', clientId, connectionType: 'long-polling' }], cookies),
    subscribe: async (subscription: string, replay: unknown) =>
      (await post([{ channel: '/meta/subscribe', clientId, subscription, ext: { replay: { [subscription]: replay } } }]))[0],
  };
}

async function channel(accessToken: string, ...entities: string[]): Promise<void> {
  const create = (type: string, body: object) =>
    rest(accessToken, `/tooling/sobjects/${type}`, { method: 'POST', body: JSON.stringify(body) });
  await create('PlatformEventChannel', { FullName: 'ZenQMS__chn', Metadata: { channelType: 'data', label: 'ZenQMS' } });
  for (const entity of entities) {
    await create('PlatformEventChannelMember', {
      FullName: `ZenQMS_chn_${entity}`,
      Metadata: { eventChannel: 'ZenQMS__chn', selectedEntity: entity },
    });
  }
}

const CHANNEL = '/data/ZenQMS__chn';

describe('CometD', () => {
  test('a change is one event with what changed; a create has what is not empty', async () => {
    const { access_token } = await logIn();
    await channel(access_token!, 'CaseChangeEvent', 'ContactChangeEvent');
    const client = await bayeux(access_token!);
    expect(client.hello).toMatchObject({ successful: true, ext: { replay: true } });
    expect(client.hello.advice).toBeUndefined();
    expect(await client.connect()).toMatchObject([{ advice: { interval: 0, timeout: 300, reconnect: 'retry' } }]);
    expect(await client.subscribe(CHANNEL, -1)).toMatchObject({ successful: true });
    const id = salesforce.db.insert('Case', { Subject: 'Leak', Priority: 'High' });
    salesforce.db.update('Case', id, { Status: 'Working', Priority: null });
    const person = salesforce.db.insert('Contact', { FirstName: 'Ada', LastName: 'Ito', MailingCity: 'Kiel' });
    salesforce.db.update('Contact', person, { LastName: 'Sato' });
    const events = (await client.connect())
      .filter((message) => message.channel === CHANNEL)
      .map((message) => message.data.payload);
    expect(events).toMatchObject([
      { Subject: 'Leak', Priority: 'High', ChangeEventHeader: { changeType: 'CREATE', recordIds: [id], entityName: 'Case' } },
      {
        Status: 'Working',
        Priority: null,
        ChangeEventHeader: { changeType: 'UPDATE', changedFields: ['Status', 'Priority', 'LastModifiedDate'] },
      },
      { Name: { FirstName: 'Ada', LastName: 'Ito' }, MailingAddress: { City: 'Kiel' } },
      { Name: { LastName: 'Sato' }, ChangeEventHeader: { changedFields: ['Name.LastName', 'LastModifiedDate'] } },
    ]);
    expect(events[0]).not.toHaveProperty('Description');
    expect(events[1]).not.toHaveProperty('Subject');
  });

  test('alike changes of a transaction share an event; too many are an overflow', async () => {
    await salesforce.close();
    await start({ overflowAt: 3 });
    const { access_token } = await logIn();
    await channel(access_token!, 'CaseChangeEvent');
    const ids = [1, 2].map((n) => salesforce.db.insert('Case', { Subject: `Case ${n}` }));
    const client = await bayeux(access_token!);
    await client.connect();
    await client.subscribe(CHANNEL, -1);
    salesforce.db.transaction(() => ids.forEach((id) => salesforce.db.update('Case', id, { Status: 'Closed' })));
    salesforce.db.insertMany(
      'Case',
      Array.from({ length: 4 }, () => ({ Subject: 'Bulk' })),
    );
    const headers = (await client.connect())
      .filter((each) => each.channel === CHANNEL)
      .map((each) => each.data.payload.ChangeEventHeader);
    expect(headers).toMatchObject([{ recordIds: ids }, { changeType: 'GAP_OVERFLOW', recordIds: ['000000000000000AAA'] }]);
  });

  test('replay: from an id, from the oldest, and never from one that aged out', async () => {
    const { access_token } = await logIn();
    await channel(access_token!, 'CaseChangeEvent');
    for (const n of [1, 2, 3]) salesforce.db.insert('Case', { Subject: `Case ${n}` });
    const oldest = await bayeux(access_token!);
    await oldest.connect();
    await oldest.subscribe(CHANNEL, -2);
    const all = (await oldest.connect()).filter((each) => each.channel === CHANNEL);
    expect(all).toHaveLength(3);
    const middle = await bayeux(access_token!);
    await middle.connect();
    await middle.subscribe(CHANNEL, all[1].data.event.replayId);
    expect((await middle.connect()).filter((each) => each.channel === CHANNEL)).toHaveLength(1);
    salesforce.age(-1_000);
    expect((await middle.subscribe(CHANNEL, all[0].data.event.replayId)).error).toMatch(
      /^400::The replayId \{\d+\} you provided was invalid/,
    );
  });

  test('who drops the cookies is unknown; who lost the session is told on connect', async () => {
    const { access_token } = await logIn();
    const client = await bayeux(access_token!);
    expect(await client.connect(false)).toMatchObject([{ error: '403::Unknown client', advice: { reconnect: 'handshake' } }]);
    await client.connect();
    salesforce.org.sessions.expireAccessTokens();
    expect(await client.connect()).toMatchObject([{ error: '401::Authentication invalid', advice: { reconnect: 'none' } }]);
    expect((await bayeux(access_token!)).hello).toMatchObject({
      successful: false,
      error: '403::Handshake denied',
      ext: { sfdc: { failureReason: '401::Authentication invalid' } },
    });
  });

  test('without View All a custom channel drops silently, a single-entity channel refuses', async () => {
    const { access_token } = await logIn();
    await channel(access_token!, 'CaseChangeEvent');
    salesforce.org.access.withoutViewAll.add('Case');
    const client = await bayeux(access_token!);
    await client.connect();
    expect(await client.subscribe(CHANNEL, -1)).toMatchObject({ successful: true });
    expect((await client.subscribe('/data/CaseChangeEvent', -1)).error).toMatch(/^403::User not allowed to subscribe CDC/);
    salesforce.db.insert('Case', { Subject: 'Unseen' });
    expect((await client.connect()).filter((each) => each.channel === CHANNEL)).toEqual([]);
  });

  test('at most five entities; a member twice is a duplicate; no member, no events', async () => {
    const { access_token } = await logIn();
    await channel(access_token!);
    const add = (entity: string) =>
      rest(access_token!, '/tooling/sobjects/PlatformEventChannelMember', {
        method: 'POST',
        body: JSON.stringify({
          FullName: `ZenQMS_chn_${entity}`,
          Metadata: { eventChannel: 'ZenQMS__chn', selectedEntity: entity },
        }),
      });
    for (const entity of ['Case', 'Account', 'Contact', 'Opportunity', 'Task'])
      expect((await add(`${entity}ChangeEvent`)).status).toBe(201);
    expect((await add('CaseChangeEvent')).body).toMatchObject([{ errorCode: 'DUPLICATE_VALUE' }]);
    expect((await add('Complaint__ChangeEvent')).body).toMatchObject([{ errorCode: 'LIMIT_EXCEEDED' }]);
    expect((await add('ProfileChangeEvent')).body).toMatchObject([{ errorCode: 'INVALID_INPUT' }]);
  });

  test('a request of more than 32,768 bytes is 413', async () => {
    const { access_token } = await logIn();
    const response = await fetch(`${salesforce.url}/cometd/66.0`, {
      method: 'POST',
      headers: { authorization: `OAuth ${access_token}` },
      body: JSON.stringify([{ channel: '/meta/handshake', filler: 'x'.repeat(33_000) }]),
    });
    expect(response.status).toBe(413);
  });
});
