import { describe, expect, it } from 'vitest';
import { OPERATIONS, readContract } from './zenqms/contract.ts';
import { compiler, isDate, type Schema } from './zenqms/schema.ts';

const problemsOf = (schema: Schema, value: unknown) => {
  const problems: { path: string; message: string }[] = [];
  compiler(() => {
    throw new Error('no references here');
  })(schema)(value, '', problems);
  return problems;
};

describe('schema', () => {
  it.each<[Schema, unknown, unknown]>([
    [{ type: 'string' }, 'a', 1],
    [{ type: 'integer' }, 1, 1.5],
    [{ type: 'boolean' }, false, 'false'],
    [{ type: 'array', items: { type: 'string' } }, ['a'], ['a', 1]],
    [{ type: 'object' }, {}, []],
    [{ type: 'string', nullable: true }, null, undefined],
    [{ type: 'string' }, '', null],
    [{ enum: ['a', 'b'] }, 'b', 'c'],
    [{ type: 'string', maxLength: 2 }, '😀😀', '😀😀a'],
    [{ type: 'string', minLength: 2 }, 'ab', '😀'],
    [{ type: 'integer', minimum: 1, maximum: 3 }, 3, 4],
    [{ type: 'array', minItems: 1, maxItems: 2 }, [1], []],
    [{ type: 'string', format: 'date' }, '2028-02-29', '2026-2-1'],
    [{ type: 'string', format: 'date-time' }, '2026-02-01T10:00:00.000Z', '2026-02-01'],
    [{ required: ['a'], properties: { a: { type: 'string' } } }, { a: '' }, {}],
    [{ properties: { a: {} }, additionalProperties: false }, { a: 1 }, { b: 1 }],
    [{ allOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1, b: 1 }, { a: 1 }],
    [{ oneOf: [{ type: 'string' }, { type: 'array' }] }, [], 1],
  ])('%j takes %j and not %j', (schema, good, bad) => {
    expect(problemsOf(schema, good)).toEqual([]);
    expect(problemsOf(schema, bad)).not.toEqual([]);
  });

  it('names the place', () => {
    const schema = { properties: { list: { items: { required: ['id'], properties: { id: { type: 'string' } } } } } };
    expect(problemsOf(schema, { list: [{ id: 'a' }, {}] })).toEqual([{ path: 'list[1].id', message: 'is required' }]);
  });

  it('refuses to pass a keyword over', () => {
    expect(() => problemsOf({ pattern: '^a' }, 'b')).toThrow('pattern');
    expect(() => problemsOf({ type: 'number' }, 1)).toThrow('number');
  });

  it.each([
    ['2024-02-29', true],
    ['2023-02-29', false],
    ['2023-13-01', false],
    ['2023-1-1', false],
    ['0000-00-00', false],
  ])('%s is a date: %s', (text, expected) => expect(isDate(text)).toBe(expected));
});

it('finds each operation of the contract, and prefers a literal path', () => {
  const contract = readContract();
  const id = (method: string, path: string) => {
    const match = contract.match(method, path);
    return match.kind === 'operation' ? match.operation.id : match.kind;
  };
  expect([
    id('POST', '/v2/users/search'),
    id('GET', '/v2/issue-categories'),
    id('GET', '/v2/issue-categories/x/fields'),
    id('POST', '/v2/issues/search'),
    id('POST', '/v2/issues'),
    id('GET', '/v2/issues/x'),
  ]).toEqual([...OPERATIONS]);
  expect(id('GET', '/v2/issues/search')).toBe('wrong_method');
  expect(id('GET', '/v2/issues/%zz')).toBe('unknown');
});
