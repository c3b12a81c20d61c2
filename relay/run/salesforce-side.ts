/** The relay's side towards Salesforce: sessions whose calls are counted and watched, what they read, and what their trouble means. */
import { randomUUID } from 'node:crypto';
import { beginRefresh, giveUpRefresh, salesforceCredentials, saveTokens } from '../connections/salesforce-connections.ts';
import type { Keyring } from '../connections/secrets.ts';
import type { Database } from '../db/connect.ts';
import type { Delivery } from '../inbox/rows.ts';
import type { Settlement } from '../inbox/settle.ts';
import type { SalesforceCatalog } from '../model/catalog.ts';
import { salesforceCatalog } from '../salesforce/catalog.ts';
import type { Session } from '../salesforce/session.ts';
import { type Budget, startBudget } from './budget.ts';
import { type EventBudget, eventBudget } from './event-budget.ts';
import { type Holds, holds } from './holds.ts';
import type { Log } from './log.ts';
import { type Sessions, sessions } from './sessions.ts';
import { noteTrouble, troubleEnd } from './trouble.ts';
import { watched } from './watched.ts';

export interface SalesforceSide {
  readonly holds: Holds;
  readonly budget: Budget;
  readonly sessions: Sessions;
  /** @throws SalesforceError `reauthorize` where nobody has authorised yet */
  readonly session: (connectionId: string) => Promise<Session>;
  readonly catalog: SalesforceCatalog;
  readonly eventBudget: (connectionId: string) => EventBudget;
  /** Notes on the connection what a failed call means. Never throws. */
  readonly failed: (connectionId: string, error: unknown) => Promise<void>;
  /** The same, and how deliveries that needed the call end. */
  readonly trouble: (connectionId: string, error: unknown) => Promise<(delivery: Delivery) => Settlement>;
}

/** Beyond the time limit of a refresh: to store what it brought, on a bad day of the database. */
const REFRESH_SLACK_MS = 15_000;

export function salesforceSide(options: {
  database: Database;
  keyring: Keyring;
  checkHost: (url: string) => void;
  timeoutMs: number;
  log: Log;
  now: () => Date;
  jitter: () => number;
}): SalesforceSide {
  const { database, keyring, log, now, jitter } = options;
  const { db } = database;
  const turn = { by: randomUUID(), forMs: options.timeoutMs + REFRESH_SLACK_MS };
  const rest = holds('salesforce_connection', { db, log, now, jitter });
  const budget = startBudget({ db, holds: rest, now, log });
  const open = sessions({
    credentials: (id) => salesforceCredentials(db, keyring, id),
    saveTokens: (id, tokens) => saveTokens(db, keyring, id, tokens),
    counted: (id, limit) => budget.count(id, limit),
    beginRefresh: (id) => beginRefresh(db, id, turn),
    giveUpRefresh: (id) => giveUpRefresh(db, id, turn.by),
    checkHost: options.checkHost,
    timeoutMs: options.timeoutMs,
    log,
  });
  const session = watched((id) => open.get(id), rest);
  const catalog = salesforceCatalog({ session });
  const troubleOptions = {
    db,
    holds: rest,
    lost: (id: string) => void open.forget(id).catch(() => undefined),
    now,
    jitter,
  };
  return {
    holds: rest,
    budget,
    sessions: open,
    session,
    catalog,
    eventBudget: (connectionId) => eventBudget({ db, connectionId, limits: catalog.limits, now, log }),
    // Who calls this is in trouble already; that it could not be noted must not add to it.
    failed: async (id, error) => {
      await noteTrouble(id, error, troubleOptions).catch((failure: unknown) =>
        log.warn({ err: failure, connection: id }, 'trouble could not be noted'),
      );
    },
    trouble: (id, error) => troubleEnd(id, error, troubleOptions),
  };
}
