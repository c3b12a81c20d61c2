/** One org: everything that the parts of the stand-in share. */
import type { Access } from './access.ts';
import type { Bus } from './bus.ts';
import type { HttpFaults } from './faults.ts';
import type { App, Sessions } from './sessions.ts';
import type { Store } from './store.ts';

export interface Counters {
  /** REST requests, as Salesforce counts them against the daily allowance. */
  apiCalls: number;
  byPath: Record<string, number>;
  cometd: { handshakes: number; connects: number; subscribes: number; clients: number };
  /** Events delivered, counted for each subscriber. */
  eventsDelivered: number;
  malformed: string[];
}

export interface Limits {
  apiMax: number;
  /** Calls of others, added to ours. */
  apiUsedElsewhere: number;
  eventsMax: number;
  selectedEntities: number;
  cometdClients: number;
}

export interface Org {
  orgId: string;
  name: string;
  sandbox: boolean;
  multiCurrency: boolean;
  /** ISO codes, the corporate one first. */
  currencies: string[];
  /** What the login page takes. */
  password: string;
  user: { id: string; username: string; name: string; email: string };
  app: App;
  access: Access;
  store: Store;
  bus: Bus;
  sessions: Sessions;
  faults: HttpFaults;
  counters: Counters;
  limits: Limits;
  /** What the authorize page answers instead of asking. */
  refusal: { error: string; description: string } | null;
  /** What the token endpoint answers. */
  tokenRefusal: { error: string; description: string } | null;
  versions: string[];
  now: () => number;
  url: () => string;
  /** Where REST and CometD are, which need not be where the login is. */
  instanceUrl: () => string;
}
