/**
 * Statements that are prepared once on each connection instead of planned anew each time; planning takes longer than they do where few
 * rows are under way. Only those that say so by beginning with a comment (`/* prepared: take *\/`), because a prepared plan
 * does not look at its parameters again: their plans must not depend on them, and their columns must be named one by one, so that a
 * migration by a newer relay does not change what they return.
 */
import pg from 'pg';

const MARK = /^\s*\/\* prepared: (\w+) \*\//;

type Query = (text: unknown, values?: unknown, callback?: unknown) => unknown;

export class PreparingClient extends pg.Client {
  override query: pg.Client['query'] = ((text: unknown, values?: unknown, callback?: unknown): unknown => {
    const run = (super.query as Query).bind(this);
    const name = typeof text === 'string' && Array.isArray(values) ? MARK.exec(text)?.[1] : undefined;
    return name === undefined ? run(text, values, callback) : run({ name, text, values }, callback);
  }) as pg.Client['query'];
}
