/** Whether a Salesforce field makes sense in a ZenQMS field, a title or a due date. All values travel as text (ZenQMS article 51889317865747). */
import type { FieldInfo } from '../../formula/index.ts';
import type { CustomField, CustomFieldType } from '../../model/issue.ts';

/** What the text of a value can be read as. */
type Sort =
  'text' | 'number' | 'money' | 'date' | 'datetime' | 'time' | 'boolean' | 'choice' | 'choices' | 'person' | 'web' | 'none';

const SORTS: Readonly<Record<string, Sort>> = {
  int: 'number',
  long: 'number',
  double: 'number',
  percent: 'number',
  currency: 'money',
  date: 'date',
  datetime: 'datetime',
  time: 'time',
  boolean: 'boolean',
  picklist: 'choice',
  combobox: 'choice',
  multipicklist: 'choices',
  url: 'web',
  base64: 'none',
  complexvalue: 'none',
  junctionidlist: 'none',
  datacategorygroupreference: 'none',
};

const sortOf = (field: FieldInfo): Sort => SORTS[field.type.toLowerCase()] ?? 'text';

/** base64 and the like have no text form. */
export const hasText = (field: FieldInfo): boolean => sortOf(field) !== 'none';

export const canBeDueDate = (field: FieldInfo): boolean => field.type === 'date' || field.type === 'datetime';

interface Doubt {
  readonly code: 'mapping_type' | 'selection_never_matches' | 'selection_partly_matches';
  /** Without the field's names, which the caller puts in front. */
  readonly message: string;
}

const ANYTHING: readonly Sort[] = [
  'text',
  'number',
  'money',
  'date',
  'datetime',
  'time',
  'boolean',
  'choice',
  'choices',
  'person',
  'web',
];

/** What each ZenQMS type can hold, and what to say of the rest. Free text may happen to fit, so that is a doubt and not an error. */
const FITS: Readonly<Record<CustomFieldType, { sorts: readonly Sort[]; wants: string }>> = {
  single_line_text: { sorts: ANYTHING, wants: '' },
  paragraph_text: { sorts: ANYTHING, wants: '' },
  formatted_text: { sorts: ANYTHING, wants: '' },
  integer: { sorts: ['number'], wants: 'a whole number' },
  decimal: { sorts: ['number', 'money'], wants: 'a number' },
  date: { sorts: ['date', 'datetime'], wants: 'a date' },
  website: { sorts: ['web', 'text'], wants: 'a web address' },
  yes_no: { sorts: ['boolean'], wants: 'Yes or No' },
  single_selection: { sorts: ['text', 'choice', 'number', 'boolean'], wants: 'one of its options' },
  multiple_selection: { sorts: ['text', 'choice', 'choices'], wants: 'some of its options' },
  role_single: { sorts: ['text', 'choice'], wants: 'the name of a role' },
  role_multiple: { sorts: ['text', 'choice', 'choices'], wants: 'names of roles' },
  user_single: { sorts: ['text'], wants: 'a user' },
  user_multiple: { sorts: ['text', 'choices'], wants: 'users' },
};

/** null: nothing speaks against it. The conversions themselves are those of the mapping (map/fit.ts). */
export function doubtOf(field: FieldInfo, target: CustomField): Doubt | null {
  const sort = sortOf(field);
  const { sorts, wants } = FITS[target.type];
  if (
    target.type === 'yes_no' &&
    sort === 'choice' &&
    (field.picklistValues ?? []).every((value) => YES_OR_NO.has(bare(value)))
  ) {
    return null;
  }
  if (!sorts.includes(sort)) {
    const message = `wants ${wants}, and a ${field.type} field need not hold one: a record whose value doesn't fit ends as an error`;
    return { code: 'mapping_type', message };
  }
  if (target.type === 'integer' && (field.scale ?? 0) > 0) {
    return { code: 'mapping_type', message: `wants a whole number, and the field can have ${field.scale} decimal places` };
  }
  const choosing = target.type === 'single_selection' || target.type === 'multiple_selection';
  return choosing ? selectionDoubt(field, sort, target) : null;
}

const YES_OR_NO: ReadonlySet<string> = new Set(['true', 'yes', 'y', '1', 'false', 'no', 'n', '0']);

/** Options are matched whatever their case and blanks. */
const bare = (value: string): string => value.trim().toLowerCase().replace(/\s+/g, ' ');

function selectionDoubt(field: FieldInfo, sort: Sort, target: CustomField): Doubt | null {
  const options = target.options ?? [];
  const given = sort === 'boolean' ? ['true', 'false'] : (field.picklistValues ?? []);
  if (options.length === 0 || given.length === 0) return null;
  const known = new Set(options.map(bare));
  const missing = given.filter((value) => !known.has(bare(value)));
  if (missing.length === 0) return null;
  if (missing.length === given.length) {
    return {
      code: 'selection_never_matches',
      message: `has none of the values that the field can have; its options are ${list(options)}`,
    };
  }
  return { code: 'selection_partly_matches', message: `has no option for ${list(missing)}` };
}

export function list(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).map((name) => `“${name}”`);
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}
