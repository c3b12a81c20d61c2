/** The relay as users run it: a process of its own, configured by its environment, spoken to over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789';
const ROOT = resolve(import.meta.dirname, '../..');

export interface RelayProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** Lines of its log, as objects. */
  readonly logs: Record<string, unknown>[];
  /** Everything it printed, for the search for secrets. */
  output(): string;
  call<T = any>(
    method: string,
    path: string,
    body?: unknown,
    options?: { token?: string | null; headers?: Record<string, string> },
  ): Promise<{ status: number; body: T }>;
  /** @throws when the status is not of the 2xx */
  ok<T = any>(method: string, path: string, body?: unknown): Promise<T>;
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface RelayOptions {
  readonly env?: Record<string, string>;
  /** An existing directory, to start again on what another relay left. */
  readonly dataDir?: string;
}

export async function startRelayProcess(options: RelayOptions = {}): Promise<RelayProcess> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'relay-')));
  const child = spawn(process.execPath, [join(ROOT, 'relay/main.ts')], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      ADMIN_TOKEN,
      ALLOWED_HOSTS: '127.0.0.1,localhost',
      LOG_LEVEL: 'info',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const logs: Record<string, unknown>[] = [];
  const lines: string[] = [];
  let listening: (url: string) => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    try {
      const entry = JSON.parse(line) as Record<string, unknown>;
      logs.push(entry);
      if (entry['msg'] === 'listening') listening(String(entry['url']));
    } catch {
      // Not a log line; kept in the output.
    }
  });
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const url = await new Promise<string>((resolveUrl, reject) => {
    listening = resolveUrl;
    child.once('exit', (code) => reject(new Error(`The relay ended with ${code} before it listened:\n${lines.join('\n')}`)));
  });
  const call: RelayProcess['call'] = async (method, path, body, callOptions = {}) => {
    const token = callOptions.token === undefined ? ADMIN_TOKEN : callOptions.token;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...callOptions.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : text.startsWith('{') ? JSON.parse(text) : text) as never };
  };
  return {
    url,
    dataDir,
    child,
    logs,
    output: () => lines.join('\n'),
    call,
    ok: async (method, path, body) => {
      const answer = await call(method, path, body);
      if (answer.status < 200 || answer.status > 299)
        throw new Error(`${method} ${path} → ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body as never;
    },
    kill: (signal = 'SIGTERM') =>
      new Promise((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done(child.exitCode);
        child.once('exit', (code) => done(code));
        child.kill(signal);
      }),
  };
}

export const removeDirectory = (path: string): Promise<void> => rm(path, { recursive: true, force: true });

/** Waits for a fact. @throws with the last answer when it has not come true in time */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`It did not come true within ${withinMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
