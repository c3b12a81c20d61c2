/** Where each channel is read from: what is stored, unless Salesforce no longer has it, or it says "from now on" for a second time. */
import { StreamFault } from './faults.ts';

export interface StreamPositions {
  startAt(channel: string): Promise<string>;
  /** Salesforce refused the stored position: the channel is read from the oldest event that is retained instead. */
  refuse(channel: string, message: string): void;
  /** The server has confirmed a subscription from there; nothing that it brings may be stored before this resolves. */
  begun(channel: string, replayId: string): Promise<void>;
  /** The position of a message, or where the channel stood before it when it carries none. */
  reach(channel: string, replayId: string | null): string;
}

/** A confirmed subscription. */
export interface Begun {
  /** -1: what comes from now on; -2: the oldest event that is retained; else what comes after this one. */
  readonly replayId: string;
  /** Why Salesforce refused the stored position; null where it was not asked for one, or had it. */
  readonly refused: string | null;
}

export interface PositionSource {
  readonly position: (channel: string) => string | Promise<string>;
  /**
   * What was committed until now and is no longer retained is the caller's to find; while the stored position stays one that was
   * refused, the next subscription asks for it again.
   */
  readonly onBegun: (channel: string, begun: Begun) => Promise<void>;
}

export function streamPositions(source: PositionSource): StreamPositions {
  const fromNow = new Set<string>();
  const reached = new Map<string, string>();
  const refused = new Map<string, string>();
  return {
    startAt: async (channel) => {
      if (refused.has(channel)) return '-2';
      const replayId = await fromStore(async () => source.position(channel));
      // What was committed while the client was away came after "now" too.
      return replayId === '-1' && fromNow.has(channel) ? '-2' : replayId;
    },
    refuse: (channel, message) => void refused.set(channel, message),
    begun: async (channel, replayId) => {
      if (replayId === '-1') fromNow.add(channel);
      reached.set(channel, replayId);
      await fromStore(() => source.onBegun(channel, { replayId, refused: refused.get(channel) ?? null }));
      refused.delete(channel);
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
