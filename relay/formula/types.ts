/**
 * The words of the formula engine: what a caller hands in and what it gets back.
 * Nothing here knows the relay; the folder could be published by itself.
 */
import type { Decimal } from 'decimal.js';

/**
 * The field types of Salesforce's describe, as REST spells them (lower case): string, picklist, multipicklist, boolean,
 * double, int, long, currency, percent, date, datetime, time, reference, id, email, phone, url, textarea, combobox,
 * encryptedstring, address, location, base64, anyType, complexvalue.
 */
export type FieldType = string;

export interface FieldInfo {
  /** The API name as the describe spells it, without the path before it. */
  name: string;
  type: FieldType;
  nillable?: boolean;
  relationshipName?: string | null;
  referenceTo?: string[];
  label?: string;
  /** API values of a picklist; when given, a literal that is none of them becomes a warning, never a problem. */
  picklistValues?: string[];
  scale?: number;
  /** The describe's compoundFieldName: FirstName is part of Name, BillingCity of BillingAddress. */
  compoundFieldName?: string | null;
}

/** What a schema says of a path such as ['Account', 'Owner', 'Name']. Names are compared without case. */
export type FieldLookup =
  | { kind: 'field'; field: FieldInfo; /** canonical spelling: 'Account.Name' */ path: string }
  | { kind: 'unknown'; /** names at the failing level */ candidates: string[]; /** index of the failing segment */ at: number }
  | { kind: 'ambiguous'; message: string };

export interface Schema {
  /** API name of the object that the formula is about; used in messages. */
  object: string;
  field(path: string[]): FieldLookup;
}

export interface CompileOptions {
  /** 'boolean' (a filter, the default): the formula must give true or false. */
  expect?: 'boolean' | 'any';
  /** How blank numbers count: as blank (the default) or as 0, as the two settings of a formula field. */
  blankAs?: 'blank' | 'zero';
  /** '$User.Id' … what the caller can supply in Context.globals; every other global is refused with the reason. */
  globals?: Record<string, FieldInfo>;
}

export type ProblemCode =
  | 'formula_syntax'
  | 'formula_type'
  | 'formula_unknown_field'
  | 'formula_unknown_function'
  | 'formula_unsupported'
  | 'formula_arguments'
  | 'formula_regex'
  | 'formula_too_long'
  | 'formula_too_deep';

/** One reason why a formula can't be saved. offset and length count UTF-16 units; line and column start at 1. */
export interface Problem {
  code: ProblemCode;
  message: string;
  offset: number;
  length: number;
  line: number;
  column: number;
  /** What to write instead of the marked text, where one is close. */
  suggestion?: string;
}

export type ReturnType = 'boolean' | 'number' | 'text' | 'date' | 'datetime' | 'time' | 'location' | 'null';

/** A day without time: days since 1970-01-01. */
export interface DateValue {
  readonly kind: 'date';
  readonly days: number;
}
/** An instant: milliseconds since 1970-01-01T00:00Z. */
export interface DateTimeValue {
  readonly kind: 'datetime';
  readonly ms: number;
}
/** A time of day: milliseconds since midnight. */
export interface TimeValue {
  readonly kind: 'time';
  readonly ms: number;
}
export interface LocationValue {
  readonly kind: 'location';
  readonly latitude: number;
  readonly longitude: number;
}

/** A value inside a formula; null is blank. Numbers are exact decimals. */
export type FormulaValue = null | boolean | string | number | Decimal | DateValue | DateTimeValue | TimeValue | LocationValue;

/** The value before the change, as REST or the event gives it. */
export type Prior = { known: true; value: unknown } | { known: false };

export interface Context {
  /** The record's value at a canonical path, as REST gives it (numbers or decimal text); undefined: not known. */
  values: (path: string) => unknown;
  /** UNKNOWN: it is not known whether the record is new. */
  changeType: 'CREATE' | 'UPDATE' | 'UNKNOWN';
  /** Overrides changeType for ISNEW(); undefined: as changeType says. */
  isNew: boolean | undefined;
  /** Names as the change event spells them (Name.FirstName, BillingAddress.City); undefined: not known (a gap event). */
  changedFields: ReadonlySet<string> | undefined;
  /** Asked only for fields that did change; a field that did not change had the value it has now. */
  prior: (path: string) => Prior;
  /** The clock of NOW() and TODAY(). */
  now: Date;
  /** IANA name, the user's time zone: TODAY(), DATEVALUE(datetime). */
  timeZone: string;
  /** Values of the globals that CompileOptions named; undefined: not known. */
  globals?: (name: string) => unknown;
}

export type UnknownReason = 'change_unknown' | 'prior_unknown' | 'value_unknown';

export type RuntimeErrorCode =
  | 'division_by_zero'
  | 'not_a_number'
  | 'invalid_date'
  | 'invalid_argument'
  | 'number_too_large'
  | 'text_too_long'
  | 'regex_too_costly'
  | 'bad_record_value'
  | 'internal';

/** What evaluating gives. A filter passes only if the value is true: null is not true. */
export type Evaluation =
  | { kind: 'value'; value: FormulaValue }
  | { kind: 'unknown'; reason: UnknownReason; /** field or global looked at */ path: string; message: string }
  | { kind: 'error'; code: RuntimeErrorCode; message: string; offset?: number; length?: number };

/** One operand of AND, OR, NOT, &&, || … with what came out, in reading order; depth 0 is the whole formula's own level. */
export interface Clause {
  /** The slice of the formula's text. */
  text: string;
  offset: number;
  length: number;
  depth: number;
  /** The value as a person reads it: 'true', 'blank', '1500', 'unknown', 'error', 'not evaluated'. */
  value: string;
  /** null: neither passed nor failed (blank, unknown, error, not reached). */
  passed: boolean | null;
  /** 'ISCHANGED(Status) is false: Status did not change' */
  message: string;
  /** True for the one clause that settled the outcome. */
  decided: boolean;
}

export interface Program {
  returnType: ReturnType;
  /** Every canonical record path the formula reads, relationship paths included: fetch exactly these. */
  fields: string[];
  /** Paths that ISCHANGED looks at. */
  changed: string[];
  /** Paths that PRIORVALUE looks at. */
  prior: string[];
  /** Globals read, as '$User.Id'. */
  globals: string[];
  /** Uses NOW() or TODAY(): the outcome depends on when it is asked. */
  usesClock: boolean;
  /** Uses ISNEW(), ISCHANGED() or PRIORVALUE(). */
  usesChange: boolean;
  /** Things that are allowed but probably not meant, such as a picklist value that does not exist. */
  warnings: Problem[];
  /** Never throws. */
  evaluate(context: Context): Evaluation;
  /** The clauses with their values, for previews and logs. Never throws. */
  explain(context: Context): Clause[];
}

export type Compilation = { ok: true; program: Program } | { ok: false; problems: Problem[] };

export type FunctionCategory = 'date' | 'logical' | 'math' | 'text' | 'advanced';

/** One row of the function catalogue, for help. */
export interface FunctionHelp {
  name: string;
  category: FunctionCategory;
  /** 'LEFT(text, num_chars)' */
  signature: string;
  description: string;
  /** True, or the sentence that says why it is refused. */
  supported: true | string;
}
