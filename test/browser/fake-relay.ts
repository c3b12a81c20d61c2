/** The relay's API as the contract words it, in memory: what the page is tested against where a fault must be made to order. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail, routes, type Answer } from './fake-routes.ts';
import type { Json, World } from './world.ts';

async function bodyOf(request: IncomingMessage): Promise<Json> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Json);
}

/** @returns the address, and `close` */
export async function startFakeRelay(token: string, current: () => World): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const send = ({ status = 200, body }: Answer) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body === null ? '' : JSON.stringify(body));
    };
    void (async () => {
      const world = current();
      const url = new URL(request.url ?? '/', 'http://relay');
      if (request.headers.authorization !== `Bearer ${token}`) return send(fail(401, 'unauthorized', 'No valid token.'));
      const call = {
        method: request.method ?? 'GET',
        path: url.pathname.replace('/api/v1', ''),
        query: url.searchParams,
        body: await bodyOf(request),
      };
      world.calls.push(call);
      const failure = world.failures.get(`${call.method} ${call.path}`);
      if (failure) {
        world.failures.delete(`${call.method} ${call.path}`);
        return send({ status: failure.status, body: { error: failure.error, requestId: 'req-9' } });
      }
      for (const [method, pattern, route] of routes(world)) {
        const found = method === call.method ? pattern.exec(call.path) : null;
        if (found) return send(route(call, ...found.slice(1)));
      }
      return send(fail(404, 'not_found', `No route ${call.method} ${call.path}`));
    })().catch((error: Error & { notFound?: boolean }) =>
      send(error.notFound ? fail(404, 'not_found', 'Unknown id.') : fail(500, 'fake', error.message)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
