/**
 * HTTP/1.1 over a keep-alive pool, with one thing that fetch does not tell: whether a failed request had begun to be sent. A request
 * that had may have been carried out. Nothing is repeated and no redirect is followed here; answers are capped.
 */
import { Pool, type Dispatcher } from 'undici';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** With its query, from the root of the origin. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

export type HttpResult =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: HttpHeaders; readonly text: string }
  /** The answer grew over the cap, or broke off after its status line. */
  | { readonly kind: 'broken_answer'; readonly status: number; readonly message: string }
  /** `sent`: some of it may have arrived. */
  | { readonly kind: 'timeout' | 'aborted'; readonly sent: boolean }
  | { readonly kind: 'network'; readonly sent: boolean; readonly code: string; readonly message: string };

export interface HttpClient {
  /** Never rejects. */
  send(request: HttpRequest): Promise<HttpResult>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly origin: string;
  readonly connections: number;
  /** For one request from the call to the last byte of its answer, the wait for a free connection included. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

export function httpClient(options: HttpOptions): HttpClient {
  const pool = new Pool(options.origin, {
    connections: options.connections,
    pipelining: 1,
    // One request a connection: a cut connection leaves one request in doubt, not a hundred.
    allowH2: false,
    connectTimeout: options.timeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    // A server that closes idle connections says when; being earlier spares a POST that would be in doubt.
    keepAliveTimeoutThreshold: 2_000,
  });
  return {
    send: (request) => new Promise((resolve) => dispatch(pool, options, request, resolve)),
    close: () => pool.close(),
  };
}

function dispatch(pool: Pool, options: HttpOptions, request: HttpRequest, resolve: (result: HttpResult) => void): void {
  let controller: Dispatcher.DispatchController | null = null;
  let ended = false;
  let status = 0;
  let headers: HttpHeaders = {};
  let size = 0;
  const chunks: Buffer[] = [];

  const end = (result: HttpResult): void => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
    resolve(result);
  };
  /** Ends first, so that the error that the abort itself causes is not taken for the reason. */
  const giveUp = (result: HttpResult): void => {
    end(result);
    controller?.abort(new Error('given up'));
  };
  const sent = (): boolean => controller !== null;
  const onAbort = (): void => giveUp({ kind: 'aborted', sent: sent() });
  const timer = setTimeout(() => giveUp({ kind: 'timeout', sent: sent() }), options.timeoutMs);
  if (request.signal?.aborted) return onAbort();
  request.signal?.addEventListener('abort', onAbort, { once: true });

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // Given up while it waited for a connection: aborted here, nothing of it is written.
      if (ended) return started.abort(new Error('given up'));
      controller = started;
    },
    onResponseStart(_, code, answered) {
      if (code < 200) return;
      status = code;
      headers = answered;
    },
    onResponseData(_, chunk) {
      size += chunk.length;
      if (size <= options.maxAnswerBytes) chunks.push(chunk);
      else giveUp({ kind: 'broken_answer', status, message: `the answer is larger than ${options.maxAnswerBytes} bytes` });
    },
    onResponseEnd() {
      end({ kind: 'answer', status, headers, text: Buffer.concat(chunks).toString('utf8') });
    },
    onResponseError(_, error) {
      if (status > 0) end({ kind: 'broken_answer', status, message: 'the answer broke off' });
      else end({ kind: 'network', sent: sent(), code: codeOf(error), message: messageOf(error) });
    },
  };
  try {
    pool.dispatch({ method: request.method, path: request.path, headers: request.headers, body: request.body ?? null }, handler);
  } catch (error) {
    end({ kind: 'network', sent: sent(), code: codeOf(error), message: messageOf(error) });
  }
}

/** An AggregateError (both families refused) keeps its code inside. */
function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  const inner = errors?.[0];
  return inner === undefined ? 'network' : codeOf(inner);
}

function messageOf(error: unknown): string {
  const { message, errors } = error as { message?: unknown; errors?: unknown[] };
  if (typeof message === 'string' && message !== '') return message;
  const inner = errors?.[0];
  return inner === undefined ? String(error) : messageOf(inner);
}
