/** What goes wrong with the stream on demand. */

export interface CometdFaults {
  /** The next so many handshakes are denied with this. */
  denyHandshake: { failureReason?: string; error: string; reconnect?: string; times: number } | null;
  /** The next so many connects answer 401::Authentication invalid with reconnect none. */
  rejectConnects: number;
  /** The next so many connects fail with this, and the session stays. */
  failConnect: { error: string; reconnect?: string; times: number; failureReason?: string } | null;
  /** The next so many subscribes are refused with this. */
  rejectSubscribe: { error: string; times: number } | null;
  /** Nothing is delivered any more, while connects go on as if nothing were. */
  silent: boolean;
  /** Requests are taken and never answered. */
  neverAnswer: boolean;
  /** The next so many requests get HTTP 401 with a body that is not Bayeux. */
  http401: number;
  /** The next so many answers of a connect that carry events are cut off in the middle. */
  truncate: number;
}

export const noFaults = (): CometdFaults => ({
  denyHandshake: null,
  rejectConnects: 0,
  failConnect: null,
  rejectSubscribe: null,
  silent: false,
  neverAnswer: false,
  http401: 0,
  truncate: 0,
});

/** Salesforce's own words, for those who inject them (Streaming API guide, error codes). */
export const COMETD_ERRORS = {
  authentication: '401::Authentication invalid',
  noAuthentication: '401::Request requires authentication',
  unknownClient: '403::Unknown client',
  unknownClient402: '402::Unknown client',
  handshakeDenied: '403::Handshake denied',
  concurrentUsers: '403::Organization concurrent user limit exceeded',
  dailyLimit: '403::Organization total events daily limit exceeded',
  restricted: '403::Restricted channel',
  notAllowed: '403::User not allowed to subscribe CDC without View All Data permissions',
  tooLarge: '413::Maximum Request Size Exceeded',
  busy: '503::Server is too busy. Please try your request again later.',
  connectionType: '400::Invalid connection type',
  noHandshake: '403::Client has not completed handshake',
} as const;

export const invalidReplayId = (id: unknown): string =>
  `400::The replayId {${String(id)}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`;
