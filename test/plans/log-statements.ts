/** The log as people read it: each filter, from the newest on and from the middle on. */
import { integrationState } from '../../relay/integrations/status.ts';
import { type ExecutionFilter, findExecution, searchExecutions } from '../../relay/log/search.ts';
import { recordId } from '../support/rows.ts';
import { type Case, DAY, LARGE, SMALL, one } from './case.ts';

export const log = (now: Date): Case[] => {
  const ago = (days: number): Date => new Date(now.getTime() - days * DAY);
  const filters: Record<string, ExecutionFilter> = {
    everything: {},
    'a large integration': { integrationId: LARGE },
    'a small integration': { integrationId: SMALL },
    'no such integration': { integrationId: 'gone' },
    'errors of a large one': { integrationId: LARGE, outcome: 'error' },
    'errors of a small one': { integrationId: SMALL, outcome: 'error' },
    'Issues of a large one': { integrationId: LARGE, outcome: 'created' },
    'Issues of a small one': { integrationId: SMALL, outcome: 'created' },
    'a rare reason of a large one': { integrationId: LARGE, reason: 'poisoned_event' },
    'a rare reason of a small one': { integrationId: SMALL, reason: 'poisoned_event' },
    'a reason that is not there': { integrationId: LARGE, reason: 'internal_error' },
    'a common reason of a small one': { integrationId: SMALL, reason: 'filter_false' },
    'errors for a rare reason': { outcome: 'error', reason: 'poisoned_event' },
    errors: { outcome: 'error' },
    Issues: { outcome: 'created' },
    'a rare reason': { reason: 'poisoned_event' },
    'a reason that never was': { reason: 'internal_error' },
    'a record': { recordId: recordId(7919) },
    'a record of an integration': { integrationId: LARGE, recordId: recordId(7919) },
    'a stretch of time': { since: ago(90), until: ago(60) },
    'a large one in a stretch': { integrationId: LARGE, since: ago(90), until: ago(60) },
    'errors in a stretch': { outcome: 'error', since: ago(90), until: ago(60) },
    'a rare reason before': { reason: 'poisoned_event', until: ago(200) },
    'errors since': { integrationId: LARGE, outcome: 'error', since: ago(200) },
  };
  const middle = `${ago(180).getTime() * 1_000}/450000`;
  return [
    ...Object.entries(filters).flatMap(([name, filter]) =>
      [null, middle].map((after) =>
        one(`the log: ${name}${after ? ', in the middle' : ''}`, 2_000, (db) =>
          searchExecutions(db, filter, { limit: 50, after }),
        ),
      ),
    ),
    one('a log row', 50, (db) => findExecution(db, '1234')),
    // The large one has a backlog of its own of this size.
    one('how a large integration is doing', 40_000, (db) => integrationState(db, LARGE)),
    one('how a small integration is doing', 1_000, (db) => integrationState(db, SMALL)),
  ];
};
