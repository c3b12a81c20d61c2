/** Where the relay may send secrets: the hosts of Salesforce and ZenQMS, and those that ALLOWED_HOSTS names. Asked at save and at use. */
import { isIP } from 'node:net';

/** Thrown for a URL that the relay may not call; the message is safe to show. */
export class HostRefused extends Error {
  readonly code: 'url_malformed' | 'host_not_allowed';
  constructor(code: HostRefused['code'], message: string) {
    super(message);
    this.name = 'HostRefused';
    this.code = code;
  }
}

/** One entry of ALLOWED_HOSTS. port null: every port. */
export interface AllowedHost {
  readonly host: string;
  readonly port: string | null;
}

const SUFFIXES = ['.salesforce.com', '.force.com', '.salesforce.mil', '.zenqms.com'];

/** @returns the entry as a URL spells it, or null for what is none (`host`, `host:port`, `[::1]:8080`) */
export function parseAllowedHost(text: string): AllowedHost | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]\\*]+)(?::(\d{1,5}))?$/.exec(text.trim());
  if (!match?.[1] || Number(match[2] ?? '1') < 1 || Number(match[2] ?? '1') > 65_535) return null;
  try {
    const { hostname } = new URL(`http://${match[1]}/`);
    return { host: hostname, port: match[2] === undefined ? null : String(Number(match[2])) };
  } catch {
    return null;
  }
}

/**
 * The rule for every URL that an admin enters or that a server hands over: https to an allowed host without user info;
 * plain http and IP literals only where `allowed` names them, plain http only to this machine.
 * @returns a check that gives the URL back without trailing slashes @throws HostRefused
 */
export function hostRule(allowed: readonly AllowedHost[]): (url: string) => string {
  return (text) => {
    const url = parse(text);
    const listed = allowed.some((entry) => entry.host === url.hostname && (entry.port === null || entry.port === portOf(url)));
    if (url.protocol === 'http:') {
      if (!isLoopback(url.hostname)) throw refused(`Plain http is only possible to this machine: use https for ${url.hostname}.`);
      if (!listed) throw refused(`${url.host} is reached by plain http, which ALLOWED_HOSTS would have to name.`);
    } else if (!listed && !isDefault(url)) {
      throw refused(
        isLiteral(url.hostname)
          ? `${url.host} is an IP address, which ALLOWED_HOSTS would have to name.`
          : `${url.host} is no host of Salesforce or ZenQMS. If it is right, add it to ALLOWED_HOSTS of the relay.`,
      );
    }
    return url.href.replace(/\/+$/, '');
  };
}

function parse(text: string): URL {
  const malformed = (message: string): HostRefused => new HostRefused('url_malformed', message);
  // The URL parser drops tabs and line breaks and turns backslashes round: what a person reads must be what is called.
  if (/[\s\\\p{Cc}]/u.test(text)) throw malformed('The URL has a blank, a backslash or a control character in it.');
  if (!URL.canParse(text)) throw malformed('This is not a URL, such as https://login.salesforce.com.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw malformed('The URL must begin with https://.');
  if (url.username !== '' || url.password !== '') throw malformed('The URL must not hold a user name or password.');
  if (url.search !== '' || url.hash !== '' || text.includes('?') || text.includes('#')) {
    throw malformed('The URL must end before any ? or #.');
  }
  return url;
}

const refused = (message: string): HostRefused => new HostRefused('host_not_allowed', message);
const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');
const isLiteral = (hostname: string): boolean => hostname.startsWith('[') || isIP(hostname) !== 0;

const isDefault = (url: URL): boolean =>
  url.port === '' &&
  SUFFIXES.some((suffix) => url.hostname.endsWith(suffix) && /^[a-z0-9.-]+$/.test(url.hostname.slice(0, -suffix.length)));

/** By name or address; the URL parser has already spelled `127.1` and `0x7f.1` out. */
const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  (isIP(hostname) === 4 && hostname.startsWith('127.'));
