/** Which texts the account takes for a custom field. All values are text; each type has its form. */
import { isDate } from './schema.ts';
import { ROLES, type Field, type User } from './seed.ts';

/** null: the value is taken; else what is wrong with it. */
export function fieldProblem(field: Field, value: string, users: readonly User[]): string | null {
  if (value.trim() === '') return field.required ? 'is required and may not be empty' : 'may not be empty; leave it out';
  switch (field.type) {
    case 'single_line_text':
      return /[\r\n]/.test(value) ? 'may not have line breaks' : null;
    case 'paragraph_text':
    case 'formatted_text':
      return [...value].length <= 32_000 ? null : 'may have at most 32000 characters';
    case 'integer':
      return /^-?\d{1,15}$/.test(value) ? null : 'must be a whole number';
    case 'decimal':
      return /^-?\d{1,18}(\.\d{1,10})?$/.test(value) ? null : 'must be a number such as 12.5';
    case 'date':
      return isDate(value) ? null : 'must be a date, YYYY-MM-DD';
    case 'website':
      return isWebsite(value) ? null : 'must be an http or https address';
    case 'yes_no':
      return value === 'Yes' || value === 'No' ? null : 'must be Yes or No';
    case 'single_selection':
      return oneOf(value, field.options!);
    case 'multiple_selection':
      return someOf(value, (each) => oneOf(each, field.options!));
    case 'role_single':
      return oneOf(value, ROLES);
    case 'role_multiple':
      return someOf(value, (each) => oneOf(each, ROLES));
    case 'user_single':
      return activeUser(value, users);
    case 'user_multiple':
      return someOf(value, (each) => activeUser(each, users));
  }
  throw new Error(`The seed has a field of type ${field.type}, which is not in the contract`);
}

function oneOf(value: string, options: readonly string[]): string | null {
  return options.includes(value) ? null : `"${value}" is not an option (${options.join(', ')})`;
}

function someOf(value: string, problemOf: (each: string) => string | null): string | null {
  const values = value.split('; ');
  if (new Set(values).size < values.length) return 'names an option twice';
  return values.map(problemOf).find((problem) => problem !== null) ?? null;
}

function activeUser(id: string, users: readonly User[]): string | null {
  const user = users.find((each) => each.id === id);
  if (!user) return `there is no user ${id}`;
  return user.is_active ? null : `the user ${id} is not active`;
}

function isWebsite(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
