import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readZip } from '../zip.ts';
import { packageMembers } from './manifest.ts';

const ORG = '00D000000000001';
const USER = '005000000000001AAA';
const DEPLOYMENT = '0Af000000000001AAA';

export type RehearsalOrg = {
  url: string;
  /** The zips received, oldest first. */
  received: Buffer[];
  /** Requests that this org has no answer for, as `METHOD path`. */
  unknown: string[];
  close: () => Promise<void>;
};

/**
 * An org for `sf` to log in to and deploy to: who the user is, which API versions there are, no source tracking, and the
 * Metadata API's REST deployment, which takes the zip and calls everything in it a success. It knows no metadata: it shows
 * that the package is packed and sent whole, not that Salesforce would take it.
 */
export async function startRehearsalOrg(version: string): Promise<RehearsalOrg> {
  const received: Buffer[] = [];
  const unknown: string[] = [];
  const server = createServer((request, response) => {
    answer(request, { version, received, unknown, url: `http://${request.headers.host ?? ''}` })
      .then((reply) => send(response, reply))
      .catch((error: unknown) => send(response, { status: 500, body: [{ errorCode: 'UNKNOWN', message: String(error) }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, received, unknown, close: () => close(server) };
}

type Reply = { status: number; body: unknown };
type Org = { version: string; received: Buffer[]; unknown: string[]; url: string };

async function answer(request: IncomingMessage, org: Org): Promise<Reply> {
  const method = request.method ?? 'GET';
  // `sf` puts a slash of its own after the instance's address, and a URL that begins with two names a host.
  const { pathname, searchParams } = new URL((request.url ?? '/').replace(/^\/+/, '/'), org.url);
  const body = await bodyOf(request);
  const path = pathname.replace(/^\/services\/data\/v[\d.]+/, '');
  if (pathname === '/services/oauth2/userinfo') {
    return ok({ user_id: USER, organization_id: ORG, preferred_username: 'rehearsal@example.com', name: 'Rehearsal' });
  }
  if (/^\/services\/data\/?$/.test(pathname)) {
    return ok([{ label: 'Rehearsal', url: `/services/data/v${org.version}`, version: org.version }]);
  }
  if (method === 'POST' && path === '/metadata/deployRequest') return deploy(request, body, org);
  if (method === 'GET' && path === `/metadata/deployRequest/${DEPLOYMENT}`) return ok(deployed(org));
  if (path === `/sobjects/User/${USER}`) return ok({ Id: USER, Username: 'rehearsal@example.com', Name: 'Rehearsal' });
  if (path === '/query' || path === '/tooling/query') return ok(records(searchParams.get('q') ?? ''));
  // This is how an org without source tracking answers, and `sf` asks.
  if (path === '/tooling/sobjects/SourceMember/describe') return missing();
  org.unknown.push(`${method} ${pathname}`);
  return missing();
}

/** The multipart body holds the options as JSON and the zip; the zip is what starts with PK and ends where its directory ends. */
function deploy(request: IncomingMessage, body: Buffer, org: Org): Reply {
  const boundary = request.headers['content-type']?.match(/boundary="?([^";]+)/)?.[1];
  const start = body.indexOf(Buffer.from('PK\x03\x04', 'latin1'));
  const end = body.lastIndexOf(`\r\n--${boundary ?? ''}`);
  if (!boundary || start < 0 || end < start) {
    return { status: 400, body: [{ errorCode: 'INVALID_ZIP', message: 'There is no zip in this request' }] };
  }
  org.received.push(body.subarray(start, end));
  return { status: 201, body: { id: DEPLOYMENT, validatedDeployRequestId: null, deployResult: deployed(org).deployResult } };
}

function deployed(org: Org) {
  const zip = org.received.at(-1);
  const members = zip ? packageMembers(readZip(zip).get('package.xml')?.().toString() ?? '') : [];
  const at = new Date(0).toISOString();
  const successes = members.map(({ type, name }) => ({
    changed: 'true',
    componentType: type,
    created: 'true',
    createdDate: at,
    deleted: 'false',
    fileName: `${type}/${name}`,
    fullName: name,
    id: '000000000000000AAA',
    success: 'true',
  }));
  return {
    id: DEPLOYMENT,
    deployResult: {
      id: DEPLOYMENT,
      checkOnly: true,
      done: true,
      success: true,
      status: 'Succeeded',
      numberComponentsDeployed: members.length,
      numberComponentsTotal: members.length,
      numberComponentErrors: 0,
      numberTestsCompleted: 0,
      numberTestsTotal: 0,
      numberTestErrors: 0,
      ignoreWarnings: true,
      rollbackOnError: true,
      runTestsEnabled: false,
      createdBy: USER,
      createdByName: 'Rehearsal',
      createdDate: at,
      startDate: at,
      completedDate: at,
      lastModifiedDate: at,
      details: {
        componentSuccesses: successes,
        componentFailures: [],
        runTestResult: { numFailures: '0', numTestsRun: '0', totalTime: '0' },
      },
    },
  };
}

/** The only records: the user, and the org as its own description gives it. */
const RECORDS: Record<string, object> = {
  user: { Id: USER, Username: 'rehearsal@example.com' },
  organization: {
    Id: ORG,
    Name: 'Rehearsal',
    InstanceName: 'REHEARSAL',
    IsSandbox: false,
    TrialExpirationDate: null,
    NamespacePrefix: null,
    OrganizationType: 'Developer Edition',
  },
};

function records(query: string): unknown {
  const record = RECORDS[query.match(/FROM (\w+)/i)?.[1]?.toLowerCase() ?? ''];
  return { totalSize: record ? 1 : 0, done: true, records: record ? [record] : [] };
}

const ok = (body: unknown): Reply => ({ status: 200, body });
const missing = (): Reply => ({
  status: 404,
  body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
});

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
