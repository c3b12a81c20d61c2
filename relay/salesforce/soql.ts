/** What may stand in a query: identifiers that the describe knows, and values that went through `quote`. */
import { SalesforceError } from '../model/salesforce.ts';
import { isRecordId } from './ids.ts';

const IDENTIFIER = /^[A-Za-z]\w{0,79}$/;

/** An identifier of SOQL and of a URL path, whoever it came from; that it exists is the describe's to say. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text);
}

/** @throws SalesforceError when the text is no identifier */
export function identifier(text: string): string {
  if (isIdentifier(text)) return text;
  throw new SalesforceError(
    'refused',
    'INVALID_NAME',
    `${JSON.stringify(text.slice(0, 100))} is no name of an object or a field.`,
  );
}

/** A string literal. Sources: SOQL reference, "Quoted string escape sequences"; control characters have \u escapes since API 28. */
export function quote(value: string): string {
  // eslint-disable-next-line no-control-regex
  const safe = value.replace(/[\\'"\u0000-\u001f\u007f]/g, (char) => ESCAPES[char] ?? unicode(char));
  return `'${safe}'`;
}
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** `('001…','001…')`; @throws SalesforceError when one is no record id */
export function idList(ids: readonly string[]): string {
  return `(${ids.map((id) => quote(recordId(id))).join(',')})`;
}

export function recordId(id: string): string {
  if (isRecordId(id)) return id;
  throw new SalesforceError('refused', 'INVALID_ID', `${JSON.stringify(String(id).slice(0, 30))} is no record id.`);
}

/** A date-time literal, unquoted as SOQL wants it. */
export function dateTime(at: Date): string {
  return at.toISOString();
}
