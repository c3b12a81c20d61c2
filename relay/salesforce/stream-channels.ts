/** Which channels the server has confirmed or refused, and who waits to hear of it. */
import type { Problem } from '../model/connection.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { type Fault, problemOf } from './faults.ts';

export interface StreamChannels {
  wait(channel: string): Promise<void>;
  confirm(channel: string): void;
  refuse(channel: string, fault: Fault): void;
  leave(channel: string): void;
  /** The client is gone, and what it had subscribed with it. */
  forgetConfirmed(): void;
  /** Only these are of interest from now on. */
  keep(channels: readonly string[]): void;
  /** Whether a channel's refusal is old enough to ask again, or there is none. */
  due(channel: string): boolean;
  /** The first refusal among these. */
  problem(channels: readonly string[]): Problem | null;
  confirmed(channel: string): boolean;
  anyConfirmed(): boolean;
  /** Nobody waits any longer. */
  end(error: SalesforceError): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: SalesforceError) => void;
}

export function streamChannels(options: { readonly refusedForMs: number; readonly now: () => number }): StreamChannels {
  const confirmed = new Set<string>();
  const refused = new Map<string, { readonly problem: Problem; readonly at: number }>();
  const waiting = new Map<string, Waiter[]>();
  let over: SalesforceError | null = null;

  const answer = (channel: string, error: SalesforceError | null): void => {
    const waiters = waiting.get(channel) ?? [];
    waiting.delete(channel);
    for (const waiter of waiters) error ? waiter.reject(error) : waiter.resolve();
  };
  const refusal = (channel: string, { code, message }: Problem): SalesforceError =>
    new SalesforceError('refused', code, `${channel}: ${message}`);

  return {
    wait: (channel) => {
      const no = refused.get(channel);
      if (over) return Promise.reject(over);
      if (no) return Promise.reject(refusal(channel, no.problem));
      if (confirmed.has(channel)) return Promise.resolve();
      return new Promise((resolve, reject) => waiting.set(channel, [...(waiting.get(channel) ?? []), { resolve, reject }]));
    },
    confirm: (channel) => {
      confirmed.add(channel);
      refused.delete(channel);
      answer(channel, null);
    },
    refuse: (channel, fault) => {
      const problem = problemOf(fault);
      refused.set(channel, { problem, at: options.now() });
      answer(channel, refusal(channel, problem));
    },
    leave: (channel) => void confirmed.delete(channel),
    forgetConfirmed: () => confirmed.clear(),
    keep: (channels) => {
      const unwanted = (channel: string): boolean => !channels.includes(channel);
      for (const channel of [...refused.keys()].filter(unwanted)) refused.delete(channel);
      const gone = new SalesforceError('refused', 'stream_not_wanted', 'The channel is not subscribed any more.');
      for (const channel of [...waiting.keys()].filter(unwanted)) answer(channel, gone);
    },
    due: (channel) => options.now() - (refused.get(channel)?.at ?? -Infinity) >= options.refusedForMs,
    problem: (channels) => channels.map((channel) => refused.get(channel)?.problem).find((each) => each !== undefined) ?? null,
    confirmed: (channel) => confirmed.has(channel),
    anyConfirmed: () => confirmed.size > 0,
    end: (error) => {
      over = error;
      for (const channel of [...waiting.keys()]) answer(channel, error);
    },
  };
}
