/** What a query says, once read. */

export type Literal =
  | { kind: 'text'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'date'; value: string }
  | { kind: 'datetime'; value: number }
  | { kind: 'time'; value: string }
  /** TODAY, LAST_N_DAYS:7: a span of days. */
  | { kind: 'span'; name: string; count: number };

/** Where in the text a name stands, for the arrow under it. */
export interface Path {
  text: string;
  at: number;
}

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE';

export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'compare'; path: Path; operator: Operator; value: Literal }
  | { kind: 'in'; path: Path; values: Literal[]; negated: boolean }
  | { kind: 'inQuery'; path: Path; query: Query; negated: boolean }
  /** INCLUDES ('A;B', 'C'): A and B, or C. */
  | { kind: 'includes'; path: Path; values: string[]; negated: boolean };

export type Selected =
  | { kind: 'path'; path: Path }
  | { kind: 'label'; path: Path; alias: string }
  | { kind: 'aggregate'; function: string; path: Path | null; alias: string | null }
  | { kind: 'typeof'; relationship: Path; cases: { type: string; paths: Path[] }[]; otherwise: Path[] };

export interface Query {
  text: string;
  /** SELECT COUNT(): the answer is a number and no records. */
  count: boolean;
  selected: Selected[];
  object: Path;
  where: Condition | null;
  order: { path: Path; descending: boolean; nullsLast: boolean }[];
  limit: number | null;
  offset: number;
}
