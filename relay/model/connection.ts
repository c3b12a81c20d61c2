/** Stored connections, without their secrets. */

export type SalesforceConnectionStatus = 'awaiting_authorization' | 'connected' | 'reauthorization_required' | 'unreachable';

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Cron-like windows in which nothing is fetched or sent. */
export interface Blackout {
  /** Five-field cron expression of the start. */
  readonly start: string;
  readonly minutes: number;
  readonly timeZone: string;
}

export interface SalesforceSettings {
  /** Share of the org's daily API calls, and of delivered events, that the relay may use: 0 to 1. */
  readonly apiShare: number;
  readonly eventShare: number;
  readonly blackouts: readonly Blackout[];
}

export interface SalesforceConnection {
  readonly id: string;
  readonly name: string;
  readonly loginUrl: string;
  readonly clientId: string;
  readonly status: SalesforceConnectionStatus;
  readonly problem: Problem | null;
  readonly org: {
    readonly id: string;
    readonly name: string;
    readonly instanceUrl: string;
    readonly sandbox: boolean;
    readonly multiCurrency: boolean;
  } | null;
  readonly user: { readonly id: string; readonly username: string } | null;
  readonly settings: SalesforceSettings;
  readonly createdAt: string;
}

/** What a session needs; never leaves the relay, never logged. */
export interface SalesforceCredentials {
  readonly connectionId: string;
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly accessToken: string | null;
  readonly instanceUrl: string;
}

/** Where ZenQMS's API differs from what is assumed, it can be set for each connection. */
export interface ZenqmsSettings {
  readonly authHeader: string;
  readonly authScheme: string;
  /** Prefix of every path: `/v2`. */
  readonly pathPrefix: string;
  readonly blackouts: readonly Blackout[];
}

export interface ZenqmsConnection {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  /** Connections to the same ZenQMS account share it, and with it the claims. */
  readonly accountId: string;
  readonly status: 'connected' | 'unauthorized' | 'unreachable';
  readonly problem: Problem | null;
  readonly settings: ZenqmsSettings;
  readonly createdAt: string;
}

export interface ZenqmsCredentials {
  readonly connectionId: string;
  readonly baseUrl: string;
  readonly apiToken: string;
  readonly settings: ZenqmsSettings;
}
