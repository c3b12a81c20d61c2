/** The tokens of one org: refreshed by one call at a time, never without end, and a rotated token is stored before it is used. */
import type { SalesforceCredentials } from '../model/connection.ts';
import { SalesforceError } from '../model/salesforce.ts';
import type { CheckHost } from './http.ts';
import { type Tokens, refreshTokens } from './oauth.ts';

export interface RefreshOptions {
  readonly credentials: SalesforceCredentials;
  readonly timeoutMs: number;
  readonly checkHost: CheckHost;
  /** Must be durable when it resolves: with rotation the token before is worth nothing any more. */
  readonly saveTokens: (tokens: Tokens) => Promise<void>;
  /** What is stored now: another relay may have refreshed meanwhile, and rotation made our token invalid with it. */
  readonly reload?: () => Promise<SalesforceCredentials | null>;
  /** Runs one refresh at a time among all relays; without it a lost race is mended by reading again what the winner stored. */
  readonly exclusive?: <T>(work: () => Promise<T>) => Promise<T>;
  /** As the authorisation gave it; a refresh tells it too. */
  readonly identityUrl?: string | null;
  readonly now?: () => number;
  /** Waits between looks at what the winner of a race has stored. */
  readonly raceWaitsMs?: readonly number[];
}

export interface TokenKeeper {
  readonly current: () => {
    readonly accessToken: string | null;
    readonly instanceUrl: string;
    readonly scopes: readonly string[] | null;
    readonly identityUrl: string | null;
  };
  /**
   * An access token other than the one that was refused (null: any).
   * @throws SalesforceError `reauthorize` when no refresh can succeed, `retry` when a later one may
   */
  readonly refresh: (refused: string | null) => Promise<string>;
}

/** Five fresh tokens in a minute are no expiry: something refuses whatever it is given. */
const MAX_REFRESHES = 5;
const WINDOW_MS = 60_000;

interface Held {
  accessToken: string | null;
  refreshToken: string;
  instanceUrl: string;
  scopes: readonly string[] | null;
  identityUrl: string | null;
}

export function tokenKeeper(options: RefreshOptions): TokenKeeper {
  const { credentials, saveTokens } = options;
  const now = options.now ?? Date.now;
  let held: Held = { ...credentials, scopes: null, identityUrl: options.identityUrl ?? null };
  let unsaved: Tokens | null = null;
  let dead: SalesforceError | null = null;
  let inFlight: Promise<string> | null = null;
  const refreshedAt: number[] = [];

  const adopt = (stored: SalesforceCredentials): void => {
    held = {
      ...held,
      accessToken: stored.accessToken,
      refreshToken: stored.refreshToken,
      instanceUrl: stored.instanceUrl || held.instanceUrl,
    };
    dead = null;
  };

  /** @returns whether somebody else has stored another token than ours */
  const lookAgain = async (): Promise<boolean> => {
    const stored = await options.reload?.();
    if (!stored || stored.refreshToken === '') return false;
    const other =
      stored.refreshToken !== held.refreshToken || (stored.accessToken !== null && stored.accessToken !== held.accessToken);
    if (other) adopt(stored);
    return other;
  };

  const save = async (tokens: Tokens): Promise<void> => {
    try {
      await saveTokens(tokens);
    } catch (error) {
      throw new SalesforceError(
        'retry',
        'TOKENS_NOT_SAVED',
        'The new tokens could not be stored, and are not used before they are.',
        {
          cause: error,
        },
      );
    }
    held = { ...tokens, scopes: tokens.scopes ?? held.scopes, identityUrl: tokens.identityUrl ?? held.identityUrl };
    unsaved = null;
  };

  const ask = async (): Promise<Tokens> => {
    while (refreshedAt[0] !== undefined && refreshedAt[0] <= now() - WINDOW_MS) refreshedAt.shift();
    if (refreshedAt.length >= MAX_REFRESHES) {
      throw new SalesforceError(
        'retry',
        'REFRESH_LIMIT',
        'Fresh sessions are refused one after the other; the next is asked for in a minute.',
        {
          retryAfterMs: WINDOW_MS,
        },
      );
    }
    refreshedAt.push(now());
    return refreshTokens({ ...credentials, timeoutMs: options.timeoutMs, checkHost: options.checkHost }, held.refreshToken);
  };

  const lostRace = async (): Promise<boolean> => {
    if (!options.reload) return false;
    for (const waitMs of [0, ...(options.raceWaitsMs ?? [250, 1_000, 2_000])]) {
      await new Promise((done) => setTimeout(done, waitMs));
      if (await lookAgain()) return true;
    }
    return false;
  };

  const work = async (refused: string | null): Promise<string> => {
    if (unsaved) await save(unsaved);
    else await lookAgain();
    if (held.accessToken !== null && held.accessToken !== refused) return held.accessToken;
    // What failed for good is not asked again: only new tokens in the store help.
    if (dead) throw dead;
    try {
      unsaved = await ask();
    } catch (error) {
      if (!(error instanceof SalesforceError) || error.kind !== 'reauthorize') throw error;
      if (!(await lostRace())) throw (dead = error);
      if (held.accessToken !== null && held.accessToken !== refused) return held.accessToken;
      throw new SalesforceError('retry', 'REFRESHED_ELSEWHERE', 'Another relay is refreshing this session.', {
        retryAfterMs: 1_000,
      });
    }
    await save(unsaved);
    return held.accessToken ?? '';
  };

  return {
    current: () => held,
    refresh: (refused) => {
      if (held.accessToken !== null && held.accessToken !== refused && unsaved === null) return Promise.resolve(held.accessToken);
      const exclusive = options.exclusive ?? ((run) => run());
      inFlight ??= exclusive(() => work(refused)).finally(() => {
        inFlight = null;
      });
      return inFlight;
    },
  };
}
