/** Where each channel is read from: what is stored, unless Salesforce no longer has it, or it says "from now on" for a second time. */
import { StreamFault } from './faults.ts';

export interface StreamPositions {
  startAt(channel: string): Promise<string>;
  /** The server has confirmed a subscription from there. */
  begun(channel: string, replayId: string): void;
  /** Salesforce refused the stored position: asks the caller what to read from until it has stored another. */
  lost(channel: string, message: string): Promise<void>;
  /** The position of a message, or where the channel stood before it when it carries none. */
  reach(channel: string, replayId: string | null): string;
}

export interface PositionSource {
  readonly position: (channel: string) => string | Promise<string>;
  readonly onPositionLost: (channel: string, message: string) => Promise<string>;
}

export function streamPositions(source: PositionSource): StreamPositions {
  const fromNow = new Set<string>();
  const reached = new Map<string, string>();
  const replaced = new Map<string, { readonly stored: string; readonly instead: string }>();
  const stored = (channel: string): Promise<string> => fromStore(async () => source.position(channel));
  return {
    startAt: async (channel) => {
      const own = await stored(channel);
      const other = replaced.get(channel);
      const replayId = other?.stored === own ? other.instead : own;
      // What was committed while the client was away came after "now" too.
      return replayId === '-1' && fromNow.has(channel) ? '-2' : replayId;
    },
    begun: (channel, replayId) => {
      if (replayId === '-1') fromNow.add(channel);
      reached.set(channel, replayId);
    },
    lost: async (channel, message) => {
      const own = await stored(channel);
      replaced.set(channel, { stored: own, instead: await fromStore(() => source.onPositionLost(channel, message)) });
    },
    reach: (channel, replayId) => {
      const at = replayId ?? reached.get(channel) ?? '-2';
      reached.set(channel, at);
      return at;
    },
  };
}

/** What the caller's store fails with is no fault of Salesforce's. */
export async function fromStore<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const message = `What the stream brought could not be stored: ${String(error).slice(0, 300)}`;
    throw new StreamFault('not_stored', message, { cause: error });
  }
}
