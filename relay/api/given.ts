/** Small steps that several routes take. */
import { HostRefused } from '../connections/hosts.ts';
import { wrong } from './errors.ts';
import type { ApiServices } from './services.ts';

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what was not given, so that it does not overwrite what is stored. */
export function given<T extends object>(values: T | undefined): Given<T> | undefined {
  if (values === undefined) return undefined;
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** @returns the URL without trailing slashes @throws ApiError 422 naming the field */
export function checkedUrl(services: Pick<ApiServices, 'checkHost'>, url: string, path: string): string {
  try {
    return services.checkHost(url.trim());
  } catch (error) {
    if (!(error instanceof HostRefused)) throw error;
    throw wrong(error.code, error.message, [{ path, message: error.message, code: error.code }]);
  }
}

/** A search of a catalogue: any part of any of the texts, whatever the case. */
export const matches = (search: string | undefined, ...texts: string[]): boolean =>
  search === undefined || texts.some((text) => text.toLowerCase().includes(search.trim().toLowerCase()));
