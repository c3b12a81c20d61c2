/** A TCP proxy that cuts, delays and half-opens connections, as networks do. */
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Drops every connection at once. */
  cut(): void;
  /** New connections are refused, old ones dropped, for so long. */
  down(ms: number): void;
  /** Bytes stop flowing, both ways, and nobody is told; after so long the connections are dropped. */
  halfOpen(ms: number): void;
  /** Every byte comes so much later. */
  delay(ms: number): void;
  close(): Promise<void>;
}

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  const timers = new Set<NodeJS.Timeout>();
  let lag = 0;
  let downUntil = 0;
  let stuckUntil = 0;
  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => (timers.delete(timer), work()), ms);
    timers.add(timer);
  };
  const pipe = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => {
      if (performance.now() < stuckUntil) return;
      if (lag === 0) to.write(chunk);
      else later(lag, () => to.destroyed || to.write(chunk));
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  };
  const server: Server = createServer((near) => {
    if (performance.now() < downUntil) return near.destroy();
    const far = connect(target);
    const pair = { near, far };
    pairs.add(pair);
    near.once('close', () => pairs.delete(pair));
    pipe(near, far);
    pipe(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    down: (ms) => {
      downUntil = performance.now() + ms;
      cut();
    },
    halfOpen: (ms) => {
      stuckUntil = performance.now() + ms;
      later(ms, cut);
    },
    delay: (ms) => void (lag = ms),
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        cut();
        server.close(() => resolve());
      }),
  };
}
