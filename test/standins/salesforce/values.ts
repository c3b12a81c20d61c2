/** What may be written into a field, and how it is kept. */
import { FieldError } from './errors.ts';
import { type Field, fieldNamed } from './fields.ts';
import { isId, to18 } from './ids.ts';
import type { ObjectType } from './objects.ts';
import type { Values } from './store.ts';

/**
 * @param byUser true: written through REST, which refuses read-only fields
 * @throws FieldError as REST words it
 */
export function cleanValues(object: ObjectType, values: Values, mode: 'create' | 'update', byUser: boolean): Values {
  const clean: Values = {};
  for (const [key, value] of Object.entries(values)) {
    if (key === 'attributes') continue;
    const known = fieldNamed(object, key);
    if (!known) throw new FieldError('INVALID_FIELD', `No such column '${key}' on sobject of type ${object.name}`);
    if (byUser && !(mode === 'create' ? known.createable : known.updateable)) {
      throw new FieldError(
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        `Unable to create/update fields: ${known.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
      );
    }
    clean[known.name] = value === '' || value === undefined || value === null ? null : cleanValue(known, value);
  }
  return clean;
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?Z?$/;

function cleanValue(known: Field, value: unknown): unknown {
  const wrong = (): never => {
    throw new FieldError(
      'JSON_PARSER_ERROR',
      `Cannot deserialize instance of ${known.type} from VALUE ${String(JSON.stringify(value)).slice(0, 60)} or request may be missing a required field: ${known.name}`,
    );
  };
  switch (known.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : wrong();
    case 'int':
      return Number.isInteger(Number(value)) && typeof value !== 'boolean' ? Number(value) : wrong();
    case 'double':
    case 'currency':
    case 'percent':
      // A string is kept digit by digit: more than a double can hold.
      return (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && NUMBER.test(value))
        ? value
        : wrong();
    case 'date':
      return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value)) ? value : wrong();
    case 'datetime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? stamp(Date.parse(value)) : wrong();
    case 'time':
      return typeof value === 'string' && TIME.test(value) ? wholeTime(value) : wrong();
    case 'id':
    case 'reference':
      if (!isId(value)) throw new FieldError('MALFORMED_ID', `${known.label}: id value of incorrect type: ${String(value)}`);
      return to18(value);
    case 'address':
    case 'location':
      return wrong();
    default:
      if (typeof value !== 'string') return wrong();
      if (known.length > 0 && value.length > known.length) {
        throw new FieldError(
          'STRING_TOO_LONG',
          `${known.label}: data value too large: ${value.slice(0, 40)} (max length=${known.length})`,
        );
      }
      return value;
  }
}

/** Salesforce keeps whole seconds. */
export const stamp = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, '.000+0000');

export function wholeTime(text: string): string {
  const [hours = '00', minutes = '00', seconds = '00.000'] = text.replace('Z', '').split(':');
  const [whole = '00', fraction = ''] = seconds.split('.');
  return `${hours}:${minutes}:${whole}.${fraction.padEnd(3, '0')}Z`;
}
