import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.ts';

type Java = { kind: 'found'; command: string } | { kind: 'missing'; tool: string; remedy: string };

/** The Apex tools are compiled for Java 11; 17 is what they were tried with. */
const LEAST = 11;

/** The Java of JAVA_HOME, else that of the PATH, if it is new enough. */
export async function java(): Promise<Java> {
  const home = process.env['JAVA_HOME'];
  const own = home ? join(home, 'bin', 'java') : '';
  const command = own && existsSync(own) ? own : 'java';
  const ended = await run(command, ['-version'], { cwd: process.cwd() });
  const version = Number(ended.output.match(/version "(\d+)/)?.[1] ?? 0);
  if (ended.code === 0 && version >= LEAST) return { kind: 'found', command };
  return {
    kind: 'missing',
    tool: version > 0 ? `Java ${LEAST} or newer (this one is ${version})` : 'Java',
    remedy: 'Install a Java 17 runtime (Debian: apt-get install openjdk-17-jre-headless), or set JAVA_HOME to one.',
  };
}
