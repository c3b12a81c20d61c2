/** One thing that the relay does, and what it may cost. */
import type { Db } from '../../relay/db/connect.ts';

export interface Case {
  readonly name: string;
  /** Why a whole table may be read. */
  readonly whole?: string;
  /** Rows that each of its statements may look at, in all tables together. */
  readonly rows: number;
  readonly run: (db: Db) => Promise<unknown>;
  /** Also where nothing was ever analysed: a table grows from nothing to millions faster than its statistics. */
  readonly always?: boolean;
  /** What it needs first; not looked at. */
  readonly before?: (db: Db) => Promise<unknown>;
}

/** Has three of ten events; of the other one there are seven hundred. */
export const LARGE = 'int-1';
export const SMALL = 'int-7';
/** The org of the large one and of 49 others. */
export const ORG = 'sf-2';
export const ACCOUNT = 'zq-2';
export const DAY = 24 * 60 * 60_000;

export const one = (name: string, rows: number, run: Case['run']): Case => ({ name, rows, run });

export const always = (cases: readonly Case[]): Case[] => cases.map((each) => ({ ...each, always: true }));
