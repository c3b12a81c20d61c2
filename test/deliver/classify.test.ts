import { expect, it } from 'vitest';
import { classify, type Verdict } from '../../relay/deliver/classify.ts';
import type { Failure } from '../../relay/deliver/failure.ts';

const failure = (name: Failure['class'], more: Partial<Failure> = {}): Failure => ({
  class: name,
  message: 'x',
  mayHaveHappened: false,
  ...more,
});

it.each<[Failure, Verdict]>([
  [failure('unauthorized'), { kind: 'hold', because: 'unauthorized', atLeastMs: null }],
  [failure('rate_limited', { retryAfterMs: 5000 }), { kind: 'hold', because: 'rate_limited', atLeastMs: 5000 }],
  [failure('rate_limited'), { kind: 'hold', because: 'rate_limited', atLeastMs: null }],
  [failure('unavailable', { mayHaveHappened: true }), { kind: 'retry' }],
  [failure('unavailable', { mayHaveHappened: true, retryAfterMs: 9 }), { kind: 'hold', because: 'away', atLeastMs: 9 }],
  [failure('network'), { kind: 'hold', because: 'away', atLeastMs: null }],
  [failure('network', { mayHaveHappened: true }), { kind: 'retry' }],
  [failure('timeout', { mayHaveHappened: true }), { kind: 'retry' }],
  [failure('bad_answer'), { kind: 'retry' }],
  [failure('forbidden_scope'), { kind: 'retry' }],
  [failure('duplicate'), { kind: 'exists' }],
  [failure('refused'), { kind: 'refuse' }],
  [failure('not_found'), { kind: 'refuse' }],
])('%j → %j', (given, expected) => expect(classify(given)).toEqual(expected));
