/** The relay as production runs it, as a process of its own whose log goes to a file. */
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface LaunchedRelay {
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** @throws with the relay's own message when the status is not of the 2xx */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  onExit(listener: (code: number | null) => void): void;
  stop(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** What `npm run relay` gives to node: the same flags, without npm in between. */
function relayArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { relay: string } };
  return scripts.relay.split(' ').slice(1);
}

export async function launchRelay(options: {
  dataDir: string;
  token: string;
  env?: Record<string, string>;
}): Promise<LaunchedRelay> {
  const logFile = join(options.dataDir, 'relay.log');
  const log = createWriteStream(logFile);
  const child = spawn(process.execPath, relayArguments(), {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      DATA_DIR: options.dataDir,
      ADMIN_TOKEN: options.token,
      // The stand-ins live on this machine and speak plain http: only because they are named here may the relay talk to them.
      ALLOWED_HOSTS: '127.0.0.1,localhost',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const listeners: ((code: number | null) => void)[] = [];
  let stopping = false;
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors.push(line);
    log.write(`${line}\n`);
  });
  const url = await new Promise<string>((listening, failed) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.write(`${line}\n`);
      const found = /"msg":"listening"/.test(line) ? (JSON.parse(line) as { url: string }).url : null;
      if (found) listening(found);
    });
    child.once('exit', (code) => {
      failed(new Error(`The relay did not start (${code}): ${errors.join(' ')}`));
      if (!stopping) for (const listener of listeners) listener(code);
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    logFile,
    call: async (method, path, body) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${options.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} → ${response.status} ${text}`);
      return (text === '' ? null : JSON.parse(text)) as never;
    },
    onExit: (listener) => void listeners.push(listener),
    stop: () =>
      new Promise((stopped) => {
        stopping = true;
        if (child.exitCode !== null) return stopped();
        child.once('exit', () => stopped());
        child.kill('SIGTERM');
      }),
  };
}
