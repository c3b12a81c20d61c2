/** Formulas of the checker's own types, made with fast-check. */
import fc from 'fast-check';

export const FIELDS = {
  Name: 'string', Code__c: 'string', Empty__c: 'string', Notes__c: 'textarea', Amount: 'currency', Qty__c: 'double', Blank__c: 'double', Pct__c: 'percent',
  Int__c: 'int', Active__c: 'boolean', CloseDate: 'date', NoDate__c: 'date', CreatedDate: 'datetime', Dt__c: 'datetime', Start__c: 'time', NoTime__c: 'time',
  Status: 'picklist', Priority: 'picklist', Langs__c: 'multipicklist', OwnerId: 'reference', Site__c: 'location', 'Account.Name': 'string', 'Account.AnnualRevenue': 'currency',
}; // prettier-ignore

export const RECORD: Record<string, unknown> = {
  Name: 'Acme', Code__c: 'P1', Empty__c: null, Notes__c: 'first\nsecond 😀', Amount: '1500.25', Qty__c: 3, Blank__c: null, Pct__c: 25, Int__c: 7, Active__c: true,
  CloseDate: '2024-02-29', NoDate__c: null, CreatedDate: '2024-01-15T23:30:00.000+0000', Dt__c: '2024-03-01T12:00:00.000Z', Start__c: '09:45:30.250Z', NoTime__c: null,
  Status: 'Closed', Priority: null, Langs__c: 'English;French', OwnerId: '005000000000001AAA', Site__c: { latitude: 48.1, longitude: 11.5 }, Account: { Name: 'Globex', AnnualRevenue: 5e6 },
}; // prettier-ignore

export type Kind = 'number' | 'text' | 'boolean' | 'date' | 'datetime' | 'time';

type Gen = fc.Arbitrary<string>;

/** A template such as "LEFT(text, number)": the words that are kinds are filled in. */
const TEMPLATES: Record<Kind, string[]> = {
  number: ['Amount', 'Qty__c', 'Blank__c', 'Pct__c', 'Int__c', 'Account.AnnualRevenue', '0', '1', '2.5', '1000000000000000000000', '(number + number)', '(number - number)', '(number * number)', '(number / number)', '(number ^ 2)', '-number', 'ABS(number)', 'ROUND(number, 2)', 'TRUNC(number, 1)', 'CEILING(number)', 'FLOOR(number)', 'MCEILING(number)', 'MFLOOR(number)', 'MOD(number, number)', 'MAX(number, number)', 'MIN(number, number, number)', 'SQRT(number)', 'LN(number)', 'LOG(number)', 'EXP(number)', 'SIN(number)', 'ACOS(number)', 'ATAN2(number, number)', 'PI()', 'LEN(text)', 'FIND(text, text)', 'VALUE(text)', 'ASCII(text)', 'YEAR(date)', 'MONTH(date)', 'DAY(date)', 'WEEKDAY(date)', 'DAYOFYEAR(date)', 'ISOWEEK(date)', 'ISOYEAR(datetime)', 'HOUR(time)', 'MINUTE(time)', 'SECOND(time)', 'MILLISECOND(time)', '(date - date)', '(datetime - datetime)', '(time - time)', 'UNIXTIMESTAMP(datetime)', 'PICKLISTCOUNT(Langs__c)', "DISTANCE(Site__c, GEOLOCATION(number, number), 'km')", 'PRIORVALUE(Amount)'],
  text: ['Name', 'Code__c', 'Empty__c', 'Notes__c', 'Account.Name', "'a'", "''", "'12.5'", "'2024-02-29'", "'2024-02-29 10:11:12'", "'10:11:12.123'", '(text & text)', '(text + text)', 'LEFT(text, number)', 'RIGHT(text, number)', 'MID(text, number, number)', 'SUBSTR(text, number)', 'UPPER(text)', 'LOWER(text)', 'INITCAP(text)', 'TRIM(text)', 'REVERSE(text)', 'SUBSTITUTE(text, text, text)', 'LPAD(text, 9)', "RPAD(text, 9, 'xy')", 'TEXT(number)', 'TEXT(date)', 'TEXT(datetime)', 'TEXT(time)', 'TEXT(Status)', 'CHR(number)', 'BR()', 'CASESAFEID(text)', 'HTMLENCODE(text)', 'JSENCODE(text)', 'URLENCODE(text)', 'FORMATDURATION(number)', 'PRIORVALUE(Name)'],
  boolean: ['TRUE', 'FALSE', 'Active__c', '(OwnerId = text)', "BEGINS(OwnerId, '005')", '(number = number)', '(number <> number)', '(number < number)', '(text = text)', '(text >= text)', '(date > date)', '(datetime <= datetime)', '(time < time)', 'AND(boolean, boolean, boolean)', 'OR(boolean, boolean)', '(boolean && boolean)', '(boolean || boolean)', 'NOT(boolean)', '!boolean', 'ISBLANK(text)', 'ISBLANK(number)', 'ISNULL(date)', 'ISNUMBER(TEXT(number))', 'CONTAINS(text, text)', 'BEGINS(text, text)', "REGEX(text, '[A-Z].*|(a|b)+')", 'REGEX(text, text)', "LIKE(text, '%a_')", "ISPICKVAL(Status, 'Closed')", "INCLUDES(Langs__c, 'French')", "(Status = 'Closed')", 'ISCHANGED(Status)', 'ISCHANGED(Amount)', 'ISNEW()', "ISPICKVAL(PRIORVALUE(Status), 'New')", 'IN(number, number, number)'],
  date: ['CloseDate', 'NoDate__c', 'TODAY()', 'DATE(number, number, number)', 'DATE(2024, 2, 29)', '(date + number)', '(date - number)', 'ADDMONTHS(date, number)', 'DATEVALUE(datetime)', 'DATEVALUE(text)', 'PRIORVALUE(CloseDate)'],
  datetime: ['CreatedDate', 'Dt__c', 'NOW()', '(datetime + number)', '(datetime - number)', 'DATETIMEVALUE(text)', 'DATETIMEVALUE(date)', 'FROMUNIXTIME(number)', 'ADDMONTHS(datetime, number)'],
  time: ['Start__c', 'NoTime__c', 'TIMENOW()', '(time + number)', '(time - number)', 'TIMEVALUE(text)', 'TIMEVALUE(datetime)'],
}; // prettier-ignore

const SHARED = ['IF(boolean, SAME, SAME)', 'IFS(boolean, SAME, boolean, SAME, SAME)', 'IFERROR(SAME, SAME)'];
const NOT_BOOLEAN = [
  'BLANKVALUE(SAME, SAME)',
  'NULLVALUE(SAME, SAME)',
  "CASE(Status, 'New', SAME, 'Closed', SAME, SAME)",
  'CASE(number, number, SAME, SAME)',
];

/** Formulas of a kind, nested up to `depth`. */
export function formula(kind: Kind, depth: number): Gen {
  const shared = [...SHARED, ...(kind === 'boolean' ? [] : NOT_BOOLEAN)].map((template) => template.replace(/SAME/g, kind));
  const all = [...TEMPLATES[kind], ...shared];
  const leaves = all.filter((template) => holes(template).length === 0);
  return fc.constantFrom(...(depth <= 0 ? leaves : all)).chain((template) => filled(template, depth - 1));
}

function holes(template: string): Kind[] {
  return (template.match(/\b(number|text|boolean|date|datetime|time)\b/g) as Kind[] | null) ?? [];
}

function filled(template: string, depth: number): Gen {
  const kinds = holes(template);
  if (kinds.length === 0) return fc.constant(template);
  return fc.tuple(...kinds.map((kind) => formula(kind, depth))).map((parts) => {
    let next = 0;
    return template.replace(/\b(number|text|boolean|date|datetime|time)\b/g, () => parts[next++] ?? '');
  });
}

/** Text made of the language's own pieces, mostly no formula. */
export const pieces: Gen = fc
  .array(
    fc.constantFrom('(', ')', ',', '+', '-', '*', '/', '^', '&', '=', '<>', '<', '&&', '||', '!', 'NOT ', 'IF(', 'AND(', 'CASE(', 'TRUE', 'NULL', '1', '2.5', 'Amount', 'Name', 'Staus', "'a'", '"', "'", '/*', '*/', '{!', '}', '$User.Id', '\\', '\n', ' ', '.', '[', '😀', 'REGEX(', "'(a+)+$'", 'ISCHANGED(', '--', 'é'),
    { maxLength: 60 },
  )
  .map((parts) => parts.join('')); // prettier-ignore
