/** One thing that was looked at, and what to do about it. */
export interface Check {
  /** Unique in its list: `scopes`, `field_readable:Account.Name`. */
  readonly name: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly message: string;
  /** What the admin does; null where nothing is to be done. */
  readonly remedy: string | null;
}

export const pass = (name: string, message: string, remedy: string | null = null): Check => ({
  name,
  status: 'pass',
  message,
  remedy,
});
export const warn = (name: string, message: string, remedy: string): Check => ({ name, status: 'warn', message, remedy });
export const fail = (name: string, message: string, remedy: string): Check => ({ name, status: 'fail', message, remedy });
