/** One process on one data directory. A listening socket holds it: the kernel frees it with the process, kill -9 included. */
import { unlink } from 'node:fs/promises';
import { type Server, connect, createServer } from 'node:net';
import { join, relative } from 'node:path';

export class DirectoryLocked extends Error {
  constructor(directory: string) {
    super(`Another relay is using the data directory ${directory}. Stop it first, or give this one a DATA_DIR of its own.`);
    this.name = 'DirectoryLocked';
  }
}

/** @returns how to release it @throws DirectoryLocked */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  // A socket's path may have 107 bytes: the shorter of both ways to say it.
  const absolute = join(directory, 'lock.sock');
  const near = relative(process.cwd(), absolute);
  const path = near !== '' && near.length < absolute.length ? near : absolute;
  for (let attempt = 0; attempt < 3; attempt++) {
    const server = await listen(path);
    if (server) return () => new Promise((resolve) => server.close(() => resolve()));
    if (await answers(path)) throw new DirectoryLocked(directory);
    await unlink(path).catch(() => undefined);
  }
  throw new DirectoryLocked(directory);
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(path, () => resolve(server));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
