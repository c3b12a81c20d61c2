/** Plain clients of the stand-in: no library between a test and the wire. */
import { createHash } from 'node:crypto';
import type { Salesforce } from './salesforce/server.ts';

export const VERIFIER = 'v'.repeat(64);
export const CALLBACK = 'http://127.0.0.1:9/callback';
export const CHANNEL = '/data/ZenQMS__chn';

/** Whatever came; tests say what it should look like. */

export type Json = any;

export function authorizeUrl(salesforce: Salesforce, changes: Record<string, string> = {}): string {
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

export async function token(salesforce: Salesforce, changes: Record<string, string>): Promise<{ status: number; body: Json }> {
  const { clientId, clientSecret } = salesforce.app;
  const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...changes });
  const response = await fetch(`${salesforce.url}/services/oauth2/token`, { method: 'POST', body });
  return { status: response.status, body: await response.json() };
}

export async function codeOf(salesforce: Salesforce, changes: Record<string, string> = {}): Promise<string> {
  const { location } = await salesforce.authorizeInBrowser(authorizeUrl(salesforce, changes));
  return new URL(location ?? 'none:').searchParams.get('code') ?? '';
}

export const grantOf = (code: string): Record<string, string> => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: CALLBACK,
  code_verifier: VERIFIER,
});

/** @returns an access token, by the whole flow */
export const logIn = async (salesforce: Salesforce): Promise<string> =>
  (await token(salesforce, grantOf(await codeOf(salesforce)))).body.access_token as string;

export interface Answer {
  status: number;
  body: Json;
  text: string;
  headers: Headers;
}

export interface Rest {
  (path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  query(soql: string): Promise<Answer>;
}

export function restOf(salesforce: Salesforce, accessToken: string): Rest {
  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const at = path.startsWith('/services') ? path : `/services/data/v66.0${path}`;
    const headers = { authorization: `Bearer ${accessToken}`, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(`${salesforce.url}${at}`, { ...init, headers });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    return { status: response.status, body: isJson ? JSON.parse(text) : null, text, headers: response.headers };
  };
  return Object.assign(call, {
    post: (path: string, body: unknown) => call(path, { method: 'POST', body: JSON.stringify(body) }),
    query: (soql: string) => call(`/query?q=${encodeURIComponent(soql)}`),
  });
}

/** Our channel, with a member for each event. */
export async function makeChannel(rest: Rest, ...events: string[]): Promise<void> {
  await rest.post('/tooling/sobjects/PlatformEventChannel', {
    FullName: 'ZenQMS__chn',
    Metadata: { channelType: 'data', label: 'ZenQMS' },
  });
  for (const event of events) await addMember(rest, event);
}

export const addMember = (rest: Rest, event: string): Promise<Answer> =>
  rest.post('/tooling/sobjects/PlatformEventChannelMember', {
    FullName: `ZenQMS_chn_${event.replace('__', '_')}`,
    Metadata: { eventChannel: 'ZenQMS__chn', selectedEntity: event },
  });

export interface Bayeux {
  hello: Json;
  post(messages: object[], options?: { cookies?: boolean }): Promise<Json[]>;
  connect(options?: { cookies?: boolean }): Promise<Json[]>;
  /** Connects, and gives the data messages. */
  events(): Promise<Json[]>;
  subscribe(channel: string, replay?: unknown): Promise<Json>;
}

/** A bare Bayeux client that does only what it is told. */
export async function bayeux(salesforce: Salesforce, accessToken: string): Promise<Bayeux> {
  const jar = new Map<string, string>();
  const post = async (messages: object[], { cookies = true } = {}): Promise<Json[]> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${salesforce.url}/cometd/66.0`, {
      method: 'POST',
      body: JSON.stringify(messages),
      headers: {
        ...(accessToken === '' ? {} : { authorization: `OAuth ${accessToken}` }),
        'content-type': 'application/json',
        ...(cookies && cookie !== '' ? { cookie } : {}),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      jar.set(name, value);
    }
    return (await response.json()) as Json[];
  };
  const handshake = {
    channel: '/meta/handshake',
    version: '1.0',
    supportedConnectionTypes: ['long-polling'],
    ext: { replay: true },
  };
  const [hello] = await post([handshake]);
  const clientId = hello.clientId as string;
  const connect = (options?: { cookies?: boolean }): Promise<Json[]> =>
    post([{ channel: '/meta/connect', clientId, connectionType: 'long-polling' }], options);
  return {
    hello,
    post,
    connect,
    events: async () => (await connect()).filter((message) => !message.channel.startsWith('/meta/')),
    subscribe: async (subscription, replay = -1) =>
      (await post([{ channel: '/meta/subscribe', clientId, subscription, ext: { replay: { [subscription]: replay } } }]))[0],
  };
}

/** A client that has made its first connect, so that the next one waits for events. */
export async function streaming(
  salesforce: Salesforce,
  accessToken: string,
  channel = CHANNEL,
  replay: unknown = -1,
): Promise<Bayeux> {
  const client = await bayeux(salesforce, accessToken);
  await client.connect();
  await client.subscribe(channel, replay);
  return client;
}
