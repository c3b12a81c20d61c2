/** The cookies of one host for one client's life: Salesforce routes a stream's requests by them. */

export interface Cookies {
  store(setCookie: readonly string[]): void;
  /** For a Cookie header; null: none. */
  header(): string | null;
}

export function cookieJar(now: () => number): Cookies {
  const jar = new Map<string, { readonly value: string; readonly until: number }>();
  return {
    store: (setCookie) => {
      for (const line of setCookie) {
        const [pair = '', ...attributes] = line.split(';');
        const equals = pair.indexOf('=');
        if (equals < 1) continue;
        jar.set(pair.slice(0, equals).trim(), { value: pair.slice(equals + 1).trim(), until: expiry(attributes, now()) });
      }
    },
    header: () => {
      for (const [name, { until }] of jar) if (until <= now()) jar.delete(name);
      return jar.size === 0 ? null : [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
    },
  };
}

/** Max-Age wins over Expires (RFC 6265, 5.3). */
function expiry(attributes: readonly string[], now: number): number {
  const values = new Map(
    attributes.map((attribute) => {
      const [name = '', value = ''] = attribute.split('=');
      return [name.trim().toLowerCase(), value.trim()] as const;
    }),
  );
  const maxAge = values.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1000;
  const at = Date.parse(values.get('expires') ?? '');
  return Number.isNaN(at) ? Infinity : at;
}
