import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export type Ended = { code: number; output: string };

/** Where npm puts the commands of packages. */
export const bin = (modules: string, name: string): string => join(modules, '.bin', name);

/**
 * Runs a command to its end and gives its exit code and all it wrote. It is found on the PATH, with our own Node first,
 * so that tools run on the Node that runs us. A command that does not exist has the code 127.
 */
export function run(command: string, args: string[], options: { cwd: string; env?: Record<string, string> }): Promise<Ended> {
  return new Promise((resolve) => {
    const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, PATH: path, FORCE_COLOR: '0', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', () => resolve({ code: 127, output: `${command}: not found` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The lines that say something, without the machine's own paths. */
export function linesOf(output: string, root: string): string[] {
  return stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.replaceAll(`${root}/`, '').trimEnd())
    .filter((line) => line.trim() !== '');
}
