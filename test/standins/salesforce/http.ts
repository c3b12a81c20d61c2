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
  /** Whether the client has hung up. */
  gone(): boolean;
  onGone(listener: () => void): void;
}

export interface Reply {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
  /** After so many bytes the connection breaks. */
  cutAt?: number;
}

export const json = (status: number, body: unknown, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
  body: JSON.stringify(body),
});

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

export const html = (status: number, body: string, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { 'content-type': 'text/html;charset=UTF-8', ...headers },
  body: `<!doctype html><html lang="en"><head><title>Salesforce</title></head><body>${body}</body></html>`,
});

export const redirect = (location: string, headers: Reply['headers'] = {}): Reply => ({
  status: 302,
  headers: { location, ...headers },
  body: '',
});

export async function readRequest(message: IncomingMessage, response: ServerResponse): Promise<Request> {
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
    gone: () => response.destroyed || response.closed,
    onGone: (listener) => void response.once('close', listener),
  };
}

export function write(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const { cutAt } = reply;
  if (cutAt === undefined) {
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body);
    return;
  }
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(Buffer.byteLength(reply.body)) });
  response.write(Buffer.from(reply.body).subarray(0, cutAt), () => response.destroy());
}
