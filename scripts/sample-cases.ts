/**
 * A quality department's week: Cases of a medical-device maker and what happens to them, the same for the same seed. Knows nothing of the
 * relay; says which outcome each change should have, so that whoever plays it can tell whether that came true.
 */
import { CUSTOMERS, PRODUCTS, QUESTIONS, type Product } from './sample-texts.ts';

/** Field values by API name, as Salesforce's REST takes them. */
export type Values = Readonly<Record<string, string | number | boolean | null>>;

export type SampleOutcome = 'created' | 'duplicate' | 'filter_false' | 'refused';

/** One commit in Salesforce, which gives one change event. */
export type SampleStep =
  /** `record` numbers the Cases from 0; `account` is an index into `accounts`. */
  | {
      readonly kind: 'create';
      readonly record: number;
      readonly account: number;
      readonly values: Values;
      readonly outcome: SampleOutcome;
    }
  | { readonly kind: 'update'; readonly record: number; readonly values: Values; readonly outcome: SampleOutcome };

export interface Samples {
  readonly accounts: readonly Values[];
  /** In the order in which they happen. */
  readonly steps: readonly SampleStep[];
  /** Events by the outcome they should have; `created` is also the number of Issues. */
  readonly expected: Readonly<Record<SampleOutcome, number>>;
}

/**
 * The integration that the outcomes are meant for, in the relay API's form. The ZenQMS ids are those of the stand-in's seed.
 * Complaints that are not of low priority; `NOT(ISPICKVAL(…))` so that the log shows a filter of more than one clause.
 */
export const SAMPLE_INTEGRATION = {
  name: 'Complaints from Cases',
  object: 'Case',
  triggerOn: 'both',
  filterFormula: "AND(ISPICKVAL(Type, 'Complaint'), NOT(ISPICKVAL(Priority, 'Low')))",
  categoryId: 'cat_complaint',
  assigneeId: 'usr_0001',
  title: null,
  dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 0 },
  timeZone: 'Europe/Berlin',
  fieldMappings: [
    { salesforceField: 'Description', zenqmsFieldId: 'fld_complaint_description' },
    { salesforceField: 'Priority', zenqmsFieldId: 'fld_complaint_priority' },
    { salesforceField: 'Product__c', zenqmsFieldId: 'fld_complaint_product' },
    { salesforceField: 'Account.Name', zenqmsFieldId: 'fld_complaint_customer' },
    { salesforceField: 'CaseNumber', zenqmsFieldId: 'fld_complaint_case' },
    { salesforceField: 'LotNumber__c', zenqmsFieldId: 'fld_complaint_lot' },
    { salesforceField: 'Hazards__c', zenqmsFieldId: 'fld_complaint_hazards' },
    { salesforceField: 'DetectedAt__c', zenqmsFieldId: 'fld_complaint_event_date' },
    { salesforceField: 'Units__c', zenqmsFieldId: 'fld_complaint_quantity' },
    { salesforceField: 'Amount__c', zenqmsFieldId: 'fld_complaint_value' },
    { salesforceField: 'Reportable__c', zenqmsFieldId: 'fld_complaint_reportable' },
    { salesforceField: 'Link__c', zenqmsFieldId: 'fld_complaint_link' },
    { salesforceField: 'Notes__c', zenqmsFieldId: 'fld_complaint_notes' },
  ],
} as const;

export interface SampleOptions {
  readonly seed?: number;
  /** How many Cases: 200, at least 20. */
  readonly count?: number;
  /** The day on which they come in. */
  readonly today: Date;
}

const DAY_MS = 86_400_000;
/** Of a hundred Cases. */
const QUESTIONS_PERCENT = 7;
const LOW_PERCENT = 6;
const UPDATED_PERCENT = 22;

export function sampleCases({ seed = 1, count = 200, today }: SampleOptions): Samples {
  if (count < 20) throw new RangeError('20 Cases at least: fewer do not have one of each kind');
  const chance = chanceOf(seed);
  const records = Array.from({ length: count }, (_, record) => caseOf(record, today, chance));
  // One lacks what ZenQMS requires: the description. Nobody touches it again.
  const withoutDescription = Math.floor(count * 0.6);
  records[withoutDescription] = { ...complaint(withoutDescription, today, chance), Priority: 'High', Description: null };
  // One of each kind, whatever the dice say.
  records[3] = { ...complaint(3, today, chance), Priority: 'Low' };
  records[7] = question(today, chance);

  const steps: SampleStep[] = [];
  const later: SampleStep[] = [];
  for (const [record, values] of records.entries()) {
    const refused = record === withoutDescription;
    const outcome = !matches(values) ? 'filter_false' : refused ? 'refused' : 'created';
    steps.push({ kind: 'create', record, account: chance.below(CUSTOMERS.length), values, outcome });
    if (refused) continue;
    if (matches(values) && (record === 0 || chance.percent(UPDATED_PERCENT)))
      later.push({ kind: 'update', record, values: { Status: chance.pick(['Working', 'Escalated']) }, outcome: 'duplicate' });
    if (record === 3 || (values.Priority === 'Low' && values.Type === 'Complaint' && chance.percent(50)))
      later.push({ kind: 'update', record, values: { Priority: 'High', Status: 'Escalated' }, outcome: 'created' });
    // Work goes on meanwhile: some updates come between the creates, never before their own record's.
    while (later.length > 0 && chance.percent(15)) steps.push(later.shift()!);
  }
  steps.push(...later);

  const expected = { created: 0, duplicate: 0, filter_false: 0, refused: 0 };
  for (const { outcome } of steps) expected[outcome] += 1;
  return { accounts: CUSTOMERS.map(accountOf), steps, expected };
}

/** What SAMPLE_INTEGRATION's formula says, in other words. */
const matches = (values: Values): boolean => values.Type === 'Complaint' && values.Priority !== 'Low';

function caseOf(record: number, today: Date, chance: Chance): Values {
  return chance.percent(QUESTIONS_PERCENT) ? question(today, chance) : complaint(record, today, chance);
}

function question(today: Date, chance: Chance): Values {
  const { subject, text, type } = chance.pick(QUESTIONS);
  return {
    Subject: subject,
    Description: text,
    Type: type,
    Status: 'New',
    Priority: chance.pick(['Low', 'Medium']),
    Origin: chance.pick(['Email', 'Web']),
    DetectedAt__c: momentBefore(today, chance),
  };
}

function complaint(record: number, today: Date, chance: Chance): Values {
  const product = chance.pick(PRODUCTS);
  const { subject, text, hazards, serious } = chance.pick(product.troubles);
  const lot = lotOf(product, today, chance);
  const units = 1 + chance.below(chance.percent(10) ? 24 : 3);
  const description = text.replace('{n}', String(2 + chance.below(58)));
  const seen = chance.pick(['First seen today.', 'Seen several times since last week.', 'It could be reproduced on site.', '']);
  return {
    Subject: `${product.name} ${subject} (lot ${lot})`,
    Description: [description, seen].filter(Boolean).join('\n'),
    Type: 'Complaint',
    Status: 'New',
    Priority: serious ? chance.pick(['High', 'High', 'Medium']) : chance.percent(2 * LOW_PERCENT) ? 'Low' : 'Medium',
    Origin: chance.pick(['Phone', 'Email', 'Web']),
    Reason: chance.pick(['Performance', 'Breakdown', 'Installation']),
    Product__c: product.name,
    LotNumber__c: lot,
    Units__c: units,
    Amount__c: units * product.unitPrice,
    Hazards__c: hazards.length === 0 ? null : hazards.filter((hazard) => hazard !== 'Other').join(';') || null,
    Reportable__c: serious && chance.percent(40),
    DetectedAt__c: momentBefore(today, chance),
    // Some have no agreed date: then the due date counts from today.
    SlaDate__c: chance.percent(12) ? null : dayAfter(today, serious ? 10 : 30),
    Link__c: `https://portal.meddevice.example/complaints/${1000 + record}`,
    Notes__c: chance.percent(30)
      ? `<p>Device <b>secured</b> &amp; tagged.</p><ul><li>Lot ${lot}</li><li>${units} affected</li></ul>`
      : null,
  };
}

function lotOf(product: Product, today: Date, chance: Chance): string {
  const year = String(today.getUTCFullYear() - 1).slice(2);
  return `${product.lotPrefix}${year}-${String(1 + chance.below(52)).padStart(2, '0')}-${chance.pick(['A', 'B', 'C'])}`;
}

function accountOf({ name, industry, city, country }: (typeof CUSTOMERS)[number]): Values {
  return { Name: name, Industry: industry, Type: 'Customer', BillingCity: city, BillingCountry: country };
}

const momentBefore = (today: Date, chance: Chance): string =>
  new Date(today.getTime() - chance.below(6 * DAY_MS)).toISOString().replace('Z', '+0000');
const dayAfter = (today: Date, days: number): string => new Date(today.getTime() + days * DAY_MS).toISOString().slice(0, 10);

interface Chance {
  /** 0 to below `limit`, whole. */
  below(limit: number): number;
  percent(share: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** The same numbers for the same seed, on every machine (xorshift32). */
function chanceOf(seed: number): Chance {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, percent: (share) => next() * 100 < share, pick: (from) => from[below(from.length)]! };
}
