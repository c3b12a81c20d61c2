/**
 * The formula engine beside formulon and sformula, on the same formulas in one run.
 * Both are installed into a temporary folder: they are no dependency of this project.
 * Ends with failure if we are below 20 times sformula's rate once parsed, or 10 times with parsing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../relay/formula/index.ts';
import type { Context, Schema } from '../relay/formula/index.ts';

const VERSIONS = { formulon: '6.25.6', sformula: '5.0.1' };
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? '1');

const FIELDS: Record<string, string> = {
  Name: 'string',
  Amount: 'number',
  Qty__c: 'number',
  Active__c: 'boolean',
  CloseDate: 'date',
  Status: 'picklist',
};
const RECORD: Record<string, unknown> = {
  Name: 'Acme Holding',
  Amount: 1500.25,
  Qty__c: 3,
  Active__c: true,
  CloseDate: '2024-02-29',
  Status: 'Closed',
};

/** Filters as admins write them, in the part of the language that all three understand. */
const FORMULAS = [
  'Amount > 1000',
  "AND(Active__c, ISPICKVAL(Status, 'Closed'), Amount > 1000)",
  "OR(CONTAINS(Name, 'Beta'), AND(BEGINS(Name, 'Acme'), NOT(ISBLANK(Status))))",
  'IF(Qty__c = 0, FALSE, Amount / Qty__c >= 500.08)',
  "CASE(Status, 'New', 1, 'Working', 2, 'Closed', 3, 0) = 3",
  'ROUND(Amount * 1.19, 2) + MOD(Qty__c, 2) > 1786.29',
  'YEAR(CloseDate) = 2024 && MONTH(CloseDate) = 2',
  "UPPER(LEFT(Name, 4)) & '-' & TEXT(Qty__c) = 'ACME-3'",
];

interface Contender {
  name: string;
  /** Reads a formula; what it gives evaluates. undefined: it has no form that is parsed once. */
  parsed: ((formula: string) => () => unknown) | undefined;
  whole: (formula: string) => unknown;
}

function install(): NodeJS.Require {
  const folder = join(tmpdir(), 'formula-bench');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...wanted], {
    cwd: folder,
    stdio: 'inherit',
  });
  return createRequire(join(folder, 'package.json'));
}

function ours(): Contender {
  const infos = new Map(
    Object.entries(FIELDS).map(([name, type]) => [name.toLowerCase(), { name, type: type === 'number' ? 'double' : type }]),
  );
  const schema: Schema = {
    object: 'Account',
    field: (path) => {
      const field = infos.get(path.join('.').toLowerCase());
      return field === undefined ? { kind: 'unknown', candidates: [], at: 0 } : { kind: 'field', field, path: field.name };
    },
  };
  const context: Context = {
    values: (path) => RECORD[path],
    changeType: 'UPDATE',
    isNew: undefined,
    changedFields: new Set(),
    prior: () => ({ known: false }),
    now: new Date(),
    timeZone: 'UTC',
  };
  const read = (formula: string) => {
    const compiled = compile(formula, schema);
    if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
    return compiled.program;
  };
  const value = (program: ReturnType<typeof read>) => {
    const outcome = program.evaluate(context);
    return outcome.kind === 'value' ? outcome.value : outcome;
  };
  return {
    name: 'this engine',
    parsed: (formula) => {
      const program = read(formula);
      return () => value(program);
    },
    whole: (formula) => value(read(formula)),
  };
}

interface Sformula {
  parseSync(formula: string, options: object): { evaluate(record: object): unknown };
}

function sformula(load: NodeJS.Require): Contender {
  const { parseSync } = load('sformula') as Sformula;
  const type: Record<string, object> = {
    string: { type: 'string' },
    number: { type: 'number', precision: 18, scale: 2 },
    boolean: { type: 'boolean' },
    date: { type: 'date' },
    picklist: { type: 'picklist', picklistValues: ['New', 'Working', 'Closed'].map((value) => ({ value, label: value })) },
  };
  const options = {
    inputTypes: Object.fromEntries(Object.entries(FIELDS).map(([name, kind]) => [name, type[kind]])),
    returnType: 'boolean',
  };
  return {
    name: 'sformula',
    parsed: (formula) => {
      const program = parseSync(formula, options);
      return () => program.evaluate(RECORD);
    },
    whole: (formula) => parseSync(formula, options).evaluate(RECORD),
  };
}

interface Formulon {
  parse(formula: string, substitutions: object): { value?: unknown };
}

function formulon(load: NodeJS.Require): Contender {
  const { parse } = load('formulon') as Formulon;
  const literal = (value: unknown, dataType: string, options: object) => ({ type: 'literal', value, dataType, options });
  const substitutions = {
    Name: literal(RECORD['Name'], 'text', { length: 80 }),
    Amount: literal(RECORD['Amount'], 'number', { length: 16, scale: 2 }),
    Qty__c: literal(RECORD['Qty__c'], 'number', { length: 18, scale: 0 }),
    Active__c: literal(true, 'checkbox', {}),
    CloseDate: literal(new Date('2024-02-29T00:00:00Z'), 'date', {}),
    Status: literal('Closed', 'picklist', { values: ['New', 'Working', 'Closed'] }),
  };
  return { name: 'formulon', parsed: undefined, whole: (formula) => parse(formula, substitutions).value };
}

/** Evaluations a second over all formulas, best of three. */
function rate(work: (() => unknown)[]): number {
  let best = 0;
  for (let round = 0; round < 3; round += 1) {
    let count = 0;
    const started = performance.now();
    let now = started;
    while (now - started < (SECONDS * 1000) / 3) {
      for (const one of work) one();
      count += work.length;
      now = performance.now();
    }
    best = Math.max(best, (count * 1000) / (now - started));
  }
  return best;
}

function understood(contender: Contender, formula: string): boolean {
  try {
    return contender.whole(formula) === true;
  } catch {
    return false;
  }
}

const load = install();
const contenders = [ours(), sformula(load), formulon(load)];
const shared = FORMULAS.filter((formula) => contenders.every((contender) => understood(contender, formula)));
for (const { name } of contenders)
  console.log(
    `${name}: ${FORMULAS.filter((f) => understood(contenders.find((c) => c.name === name) as Contender, f)).length} of ${FORMULAS.length} right`,
  );
console.log(`measured on the ${shared.length} formulas that all get right:\n`);

const rates = contenders.map(({ name, parsed, whole }) => ({
  name,
  parsed: parsed === undefined ? undefined : rate(shared.map((formula) => parsed(formula))),
  whole: rate(shared.map((formula) => () => whole(formula))),
}));
for (const { name, parsed, whole } of rates) {
  const once =
    parsed === undefined ? 'can not parse once' : `${Math.round(parsed).toLocaleString('en')} evaluations/s parsed once`;
  console.log(`${name.padEnd(12)} ${once.padEnd(42)} ${Math.round(whole).toLocaleString('en')} parse + evaluate/s`);
}
const [own, other] = rates as [(typeof rates)[0], (typeof rates)[0]];
const once = (own.parsed ?? 0) / (other.parsed ?? 1);
const whole = own.whole / other.whole;
console.log(
  `\n${once.toFixed(1)} times sformula's rate parsed once (at least 20), ${whole.toFixed(1)} times with parsing (at least 10)`,
);
process.exitCode = once >= 20 && whole >= 10 ? 0 : 1;
