/** The stand-ins as processes of their own, and what a process has used, from /proc. */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** A bench that is ended early leaves no process behind. */
export function endWithBench(pid: number | undefined): void {
  process.setMaxListeners(0);
  process.once('exit', () => {
    try {
      if (pid !== undefined) process.kill(pid);
    } catch {
      // It has ended by itself.
    }
  });
}

const ROOT = resolve(import.meta.dirname, '../..');

export interface StandIn {
  /** What it said of itself when it began to listen. */
  readonly said: Readonly<Record<string, string>>;
  /** @throws with the answer when the control refuses */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export async function standIn(name: 'salesforce' | 'zenqms'): Promise<StandIn> {
  const child = spawn(process.execPath, [join(ROOT, 'test/standins', name, 'main.ts')], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithBench(child.pid);
  const said = await new Promise<Record<string, string>>((listening, failed) => {
    child.once('exit', (code) => failed(new Error(`The ${name} stand-in ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"listening"')) listening(JSON.parse(line) as Record<string, string>);
    });
  });
  return {
    said,
    control: async (method, path, body) => {
      const response = await fetch(`${said['url']}/__control/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${name} ${path}: ${text}`);
      return JSON.parse(text) as never;
    },
    stop: () =>
      new Promise((stopped) => {
        if (child.exitCode !== null) return stopped();
        child.once('exit', () => stopped());
        child.kill('SIGTERM');
      }),
  };
}

export interface Used {
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

/** Clock ticks a second, as Linux tells them to every program. */
const TICKS = 100;

export function used(pid: number): Used {
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuSeconds: cpuSeconds(pid), peakMb: Number(peak ?? 0) / 1024 };
}

function cpuSeconds(pid: number | string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** CPU seconds of the server's processes that are connected to a database now; 0 where the server is on another machine. */
export function usedByDatabase(name: string): number {
  let sum = 0;
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (command.startsWith('postgres:') && command.includes(` ${name} `)) sum += cpuSeconds(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}
