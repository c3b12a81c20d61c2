/** /query, /queryAll, their pages, and the same for the Tooling API. */
import { FieldError } from './errors.ts';
import { fieldNamed, picklist } from './fields.ts';
import { type Reply, type Request, json } from './http.ts';
import { makeId } from './ids.ts';
import type { Org } from './org.ts';
import { setupTable } from './setup-tables.ts';
import type { Query } from './soql/ast.ts';
import { parseSoql } from './soql/parse.ts';
import { type QueryResult, runQuery } from './soql/run.ts';
import type { Table, World } from './soql/world.ts';
import { toolingTable } from './tooling.ts';

const PAGE = 2_000;

export interface Cursors {
  next: number;
  pages: Map<string, { result: QueryResult; tooling: boolean }>;
}

export function worldOf(org: Org, api: string, tooling: boolean): World {
  if (org.multiCurrency) addCurrencies(org);
  return {
    access: org.access,
    now: org.now(),
    api,
    table: (name) => (tooling ? toolingTable(org, name) : undefined) ?? storedTable(org, name) ?? setupTable(org, name),
  };
}

function storedTable(org: Org, name: string): Table | undefined {
  const type = org.store.object(name);
  return type && { type, all: () => org.store.all(type.name), get: (id) => org.store.get(type.name, id) };
}

/** Orgs with several currencies have the code on every record. */
function addCurrencies(org: Org): void {
  const [corporate = 'USD'] = org.currencies;
  for (const object of org.store.objects.values()) {
    if (fieldNamed(object, 'CurrencyIsoCode') || !object.fields.some((each) => each.type === 'currency')) continue;
    const code = picklist('CurrencyIsoCode', org.currencies);
    object.fields.push({ ...code, label: 'Currency ISO Code', compute: (values) => values['CurrencyIsoCode'] ?? corporate });
  }
}

/** @throws FieldError */
export function query(
  org: Org,
  request: Request,
  options: { deletedToo: boolean; tooling: boolean; api: string },
  cursors: Cursors,
): Reply {
  const parsed = parseSoql(request.query.get('q') ?? '');
  const result = runQuery(worldOf(org, options.api, options.tooling), parsed, options);
  if (options.tooling && result.length > 1) refuseWholes(result.type, parsed);
  const base = { totalSize: result.total, ...(options.tooling ? { size: result.length, entityTypeName: result.type } : {}) };
  const size = batchSize(request);
  const records = result.rows(0, size);
  if (result.length <= size)
    return json(200, { ...base, done: true, ...(options.tooling ? { queryLocator: null } : {}), records });
  const cursor = makeId('01g', (cursors.next += 1));
  cursors.pages.set(cursor, { result, tooling: options.tooling });
  return json(200, { ...base, done: false, nextRecordsUrl: moreUrl(options, cursor, size), records });
}

/** The Tooling API hands out what makes a whole component only one at a time. */
function refuseWholes(type: string, { selected }: Query): void {
  const wholes = selected.some((each) => each.kind === 'path' && /^(FullName|Metadata)$/i.test(each.path.text));
  if (!wholes || !type.startsWith('PlatformEventChannel')) return;
  throw new FieldError(
    'MALFORMED_QUERY',
    'When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row for retrieval.',
  );
}

const moreUrl = (options: { tooling: boolean; api: string }, cursor: string, from: number): string =>
  `/services/data/v${options.api}/${options.tooling ? 'tooling/' : ''}query/${cursor}-${from}`;

/** Sforce-Query-Options: batchSize=200 to 2000. */
function batchSize(request: Request): number {
  const asked = /batchSize=(\d+)/i.exec(String(request.headers['sforce-query-options'] ?? ''))?.[1];
  return asked === undefined ? PAGE : Math.min(PAGE, Math.max(200, Number(asked)));
}

/** @throws FieldError INVALID_QUERY_LOCATOR */
export function queryMore(request: Request, locator: string, api: string, cursors: Cursors): Reply {
  const [cursor = '', from = ''] = locator.split('-');
  const known = cursors.pages.get(cursor);
  const start = Number(from);
  if (!known || !Number.isInteger(start) || start > known.result.length)
    throw new FieldError('INVALID_QUERY_LOCATOR', 'invalid query locator');
  const end = start + batchSize(request);
  const done = end >= known.result.length;
  return json(200, {
    totalSize: known.result.total,
    done,
    ...(done ? {} : { nextRecordsUrl: moreUrl({ tooling: known.tooling, api }, cursor, end) }),
    records: known.result.rows(start, end),
  });
}
