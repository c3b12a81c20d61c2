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
  /**
   * Takes the turn to send the refresh token, durably, before it is sent: Salesforce ends the whole authorisation when a rotated one
   * comes twice (help.salesforce.com, article 005316711), whatever the first brought. Storing tokens ends the turn.
   * @returns false: it is another relay's, which may have sent the token and not stored yet what came of it
   */
  readonly beginRefresh?: () => Promise<boolean>;
  /** Ends the turn without tokens. */
  readonly giveUpRefresh?: () => Promise<void>;
  /** As the authorisation gave it; a refresh tells it too. */
  readonly identityUrl?: string | null;
  readonly now?: () => number;
  /** Waits between looks at what the relay whose turn it is has stored. */
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

  const mayAsk = (): void => {
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
  };

  const ask = async (): Promise<Tokens> => {
    refreshedAt.push(now());
    try {
      return await refreshTokens(
        { ...credentials, timeoutMs: options.timeoutMs, checkHost: options.checkHost },
        held.refreshToken,
      );
    } catch (error) {
      // Whatever it did at Salesforce, nobody holds an answer to it. Where this fails too, the turn ends by itself.
      await options.giveUpRefresh?.().catch(() => undefined);
      throw error;
    }
  };

  /** @returns what is as good as a refresh: another token than the one that was refused */
  const another = (refused: string | null): string | null => (held.accessToken === refused ? null : held.accessToken);

  const waits = [0, ...(options.raceWaitsMs ?? [250, 1_000, 2_000])];

  /** Takes the turn. @returns another token where a relay whose turn it was has stored one */
  const takeTurn = async (refused: string | null): Promise<string | null> => {
    for (const waitMs of waits) {
      await new Promise((done) => setTimeout(done, waitMs));
      const taken = (await options.beginRefresh?.()) ?? true;
      // Also when it is taken: whoever had it may just have stored something.
      await lookAgain();
      if (another(refused) !== null) {
        if (taken) await options.giveUpRefresh?.();
        return another(refused);
      }
      if (taken) return null;
    }
    throw elsewhere();
  };

  const lostRace = async (): Promise<boolean> => {
    if (!options.reload) return false;
    for (const waitMs of waits) {
      await new Promise((done) => setTimeout(done, waitMs));
      if (await lookAgain()) return true;
    }
    return false;
  };

  const work = async (refused: string | null): Promise<string> => {
    if (unsaved) await save(unsaved);
    else await lookAgain();
    if (another(refused) !== null) return another(refused) ?? '';
    // What failed for good is not asked again: only new tokens in the store help.
    if (dead) throw dead;
    mayAsk();
    const stored = await takeTurn(refused);
    if (stored !== null) return stored;
    try {
      unsaved = await ask();
    } catch (error) {
      if (!(error instanceof SalesforceError) || error.kind !== 'reauthorize') throw error;
      if (!(await lostRace())) throw (dead = error);
      const other = another(refused);
      if (other !== null) return other;
      throw elsewhere();
    }
    await save(unsaved);
    return held.accessToken ?? '';
  };

  return {
    current: () => held,
    refresh: (refused) => {
      if (held.accessToken !== null && held.accessToken !== refused && unsaved === null) return Promise.resolve(held.accessToken);
      inFlight ??= work(refused).finally(() => {
        inFlight = null;
      });
      return inFlight;
    },
  };
}

const elsewhere = (): SalesforceError =>
  new SalesforceError('retry', 'REFRESHED_ELSEWHERE', 'Another relay is refreshing this session.', { retryAfterMs: 1_000 });
