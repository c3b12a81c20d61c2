/** Requests read and replies written; nothing here knows Salesforce. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** The access token of `Authorization: Bearer` or `OAuth`, else empty. */
  bearer: string;
  text: string;
  form: URLSearchParams;
  /** Bytes of the request line's URL and all headers. */
  headBytes: number;
}

export interface Reply {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
}

export const json = (status: number, body: unknown, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
  body: JSON.stringify(body),
});

export const html = (status: number, body: string): Reply => ({
  status,
  headers: { 'content-type': 'text/html;charset=UTF-8' },
  body: `<!doctype html><html lang="en"><head><title>Salesforce</title></head><body>${body}</body></html>`,
});

export const redirect = (location: string): Reply => ({ status: 302, headers: { location }, body: '' });

export async function readRequest(message: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(message.url ?? '/', 'http://salesforce');
  const type = message.headers['content-type'] ?? '';
  return {
    method: message.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: message.headers,
    bearer: /^(?:Bearer|OAuth)\s+(.+)$/i.exec(message.headers.authorization ?? '')?.[1] ?? '',
    text,
    form: new URLSearchParams(type.includes('application/x-www-form-urlencoded') ? text : ''),
    headBytes: (message.url ?? '').length + message.rawHeaders.reduce((sum, each) => sum + each.length + 2, 0),
  };
}

export function write(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
}
