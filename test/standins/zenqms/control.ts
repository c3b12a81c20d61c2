/** The same control that tests have in-process, over HTTP, for a stand-in that runs as its own process. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import type { Settings } from './settings.ts';
import type { Token } from './seed.ts';
import type { Zenqms } from './server.ts';

/**
 * - `GET /__control/issues`, `DELETE /__control/issues/{id}`
 * - `GET /__control/counters`, `DELETE /__control/counters` (to zero)
 * - `GET /__control/settings`, `PATCH /__control/settings` (some of them)
 * - `POST /__control/faults` (one or a list), `DELETE /__control/faults`
 * - `PUT /__control/tokens` (one)
 * - `GET /__control/users`, `GET /__control/categories`
 */
export async function control(zenqms: Zenqms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, , what, id] = new URL(request.url ?? '/', 'http://zenqms').pathname.split('/');
  let status = 200;
  let answer: unknown = {};
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : undefined;
    switch (`${request.method} ${what}${id === undefined ? '' : '/id'}`) {
      case 'GET issues':
        answer = { issues: zenqms.issues() };
        break;
      case 'DELETE issues/id':
        status = zenqms.delete(id!) ? 200 : 404;
        break;
      case 'GET counters':
        answer = zenqms.counters();
        break;
      case 'DELETE counters':
        zenqms.resetCounters();
        break;
      case 'GET settings':
        answer = zenqms.settings;
        break;
      case 'PATCH settings':
        answer = Object.assign(zenqms.settings, body as Partial<Settings>);
        break;
      case 'POST faults':
        for (const fault of [body as Fault | Fault[]].flat()) zenqms.faults.add(fault);
        answer = { pending: zenqms.faults.pending() };
        break;
      case 'DELETE faults':
        zenqms.faults.clear();
        break;
      case 'PUT tokens':
        zenqms.store.tokens.set((body as Token).token, body as Token);
        break;
      case 'GET users':
        answer = { users: zenqms.store.users };
        break;
      case 'GET categories':
        answer = { categories: zenqms.store.categories };
        break;
      default:
        status = 404;
        answer = { error: `No control ${request.method} ${request.url}` };
    }
  } catch (error) {
    status = 400;
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  const text = JSON.stringify(answer);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}
