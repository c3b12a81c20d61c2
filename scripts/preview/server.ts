import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import type { AddressInfo } from 'node:net';
import { buildPreview } from './build.ts';
import { DESIGN_SYSTEM_ASSETS } from './paths.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};
const ACTING_USER = 'preview@localhost';
const MAX_BODY = 1024 * 1024;

export type Preview = { url: string; close: () => Promise<void> };

function sendFile(response: ServerResponse, root: string, path: string): void {
  const file = normalize(join(root, path));
  if (!file.startsWith(root + sep) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache' });
  createReadStream(file).pipe(response);
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error('The request is larger than 1 MB');
    chunks.push(chunk);
  }
  return chunks.length === 0 ? null : Buffer.concat(chunks);
}

/** Passes a call on to the relay with the token, which the browser never sees: what the Named Credential does in an org. */
async function passOn(request: IncomingMessage, response: ServerResponse, relay: string, token: string): Promise<void> {
  const body = await readBody(request);
  const answer = await fetch(relay + request.url!.slice('/relay'.length), {
    method: request.method ?? 'GET',
    headers: {
      authorization: `Bearer ${token}`,
      'x-acting-user': ACTING_USER,
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body: body === null ? null : new Uint8Array(body),
  });
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
  response.end(Buffer.from(await answer.arrayBuffer()));
}

/**
 * Serves the preview page on 127.0.0.1. It holds an admin's token, so it answers only requests that name this machine
 * and come from its own page (a page elsewhere could otherwise use it through the visitor's browser).
 *
 * @param port 0 picks one
 */
export async function servePreview(options: { relayUrl: string; token: string; port: number }): Promise<Preview> {
  const { dir } = await buildPreview();
  const relay = options.relayUrl.replace(/\/$/, '');
  const server = createServer((request, response) => {
    const own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const local = own.replace('127.0.0.1', 'localhost');
    const { host = '', origin } = request.headers;
    if (![own, local].includes(host) || (origin !== undefined && origin !== `http://${host}`)) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('Only for pages of this machine');
      return;
    }
    const path = decodeURI((request.url ?? '/').split('?')[0]!);
    if (path.startsWith('/relay/api/v1/')) {
      passOn(request, response, relay, options.token).catch((error: unknown) => {
        response.writeHead(503, { 'content-type': 'application/json' });
        const message = `The relay at ${relay} does not answer: ${error instanceof Error ? error.message : String(error)}`;
        response.end(JSON.stringify({ error: { code: 'relay_unreachable', message }, requestId: null }));
      });
    } else if (path.startsWith('/assets/')) {
      sendFile(response, DESIGN_SYSTEM_ASSETS, path.slice('/assets/'.length));
    } else {
      sendFile(response, dir, path === '/' ? 'index.html' : path.slice(1));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
