/** An account of a medical-device maker: the same users, categories and fields at every start, so that tests can name them. */
export interface User {
  id: string;
  email: string;
  first_name: string;
  last_name: string;
  title: string | null;
  is_active: boolean;
  external_id: string | null;
}

export interface Field {
  id: string;
  label: string;
  type: string;
  required: boolean;
  description: string | null;
  options: string[] | null;
}

export interface Category {
  id: string;
  name: string;
  key: string;
  state: 'active' | 'inactive';
  description: string | null;
  /** Number of the next Issue. */
  nextNumber: number;
  fields: Field[];
}

export interface Token {
  token: string;
  active: boolean;
  usersRead: boolean;
  /** By category key, or `*` for all; write includes read. */
  categories: Record<string, 'read' | 'write'>;
}

/** Tokens that every stand-in knows; `startZenqms({tokens})` adds more. */
export const TOKENS = {
  full: 'zqt_full_5f2c9a7e1b',
  complaintsOnly: 'zqt_complaints_1d4e8b',
  withoutUsers: 'zqt_without_users_77aa',
  readOnly: 'zqt_read_only_90cc12',
  inactive: 'zqt_inactive_3c3c3c',
} as const;

export function seedTokens(): Token[] {
  return [
    { token: TOKENS.full, active: true, usersRead: true, categories: { '*': 'write' } },
    { token: TOKENS.complaintsOnly, active: true, usersRead: true, categories: { COMPLAINT: 'write', CAPA: 'read' } },
    { token: TOKENS.withoutUsers, active: true, usersRead: false, categories: { '*': 'write' } },
    { token: TOKENS.readOnly, active: true, usersRead: true, categories: { '*': 'read' } },
    { token: TOKENS.inactive, active: false, usersRead: true, categories: { '*': 'write' } },
  ];
}

export const ROLES = ['Quality Manager', 'Complaint Handler', 'Regulatory Affairs', 'Production Lead', 'Document Control'];

const FIRST = ['Ada', 'Bruno', 'Chiara', 'Dmitri', 'Elif', 'Farah', 'Goran', 'Hana', 'Ivo', 'Jana', 'Kofi', 'Lucía'];
const LAST = ['Albrecht', 'Bianchi', 'Castillo', 'Dvořák', 'Eriksen', 'Fontaine', 'Grønn', 'Haddad', 'Ito', 'Jovanović'];
const TITLES = ['Quality Engineer', 'Complaint Specialist', 'Regulatory Affairs Manager', 'Production Engineer', null];

/** 120 users, so that a list of them has two pages; every seventeenth has left. */
export function seedUsers(): User[] {
  return Array.from({ length: 120 }, (_, index) => {
    const first = FIRST[index % FIRST.length]!;
    const last = LAST[Math.floor(index / FIRST.length)]!;
    const ascii = `${first}.${last}`.normalize('NFD').replace(/[^A-Za-z.]/g, (c) => ({ ø: 'o' })[c] ?? '');
    return {
      id: `usr_${String(index + 1).padStart(4, '0')}`,
      email: `${ascii.toLowerCase()}@meddevice.example`,
      first_name: first,
      last_name: last,
      title: TITLES[index % TITLES.length]!,
      is_active: index % 17 !== 16,
      external_id: index % 3 === 0 ? `E${1000 + index}` : null,
    };
  });
}

const field = (id: string, label: string, type: string, required = false, options: string[] | null = null): Field => ({
  id: `fld_${id}`,
  label,
  type,
  required,
  description: null,
  options,
});

export const PRODUCTS = ['Infusion pump', 'Patient monitor', 'Surgical stapler', 'Glucose meter', 'Ventilator', 'Catheter kit'];

export function seedCategories(): Category[] {
  const category = (
    id: string,
    key: string,
    name: string,
    fields: Field[],
    state: 'active' | 'inactive' = 'active',
  ): Category => ({
    id: `cat_${id}`,
    key,
    name,
    state,
    description: `${name}, first stage`,
    nextNumber: 1,
    fields,
  });
  return [
    category('complaint', 'COMPLAINT', 'Customer complaint', [
      field('complaint_description', 'Description of the event', 'paragraph_text', true),
      field('complaint_priority', 'Priority', 'single_selection', false, ['Low', 'Medium', 'High', 'Critical']),
      field('complaint_product', 'Product', 'single_line_text'),
      field('complaint_customer', 'Customer', 'single_line_text'),
      field('complaint_case', 'Salesforce case number', 'single_line_text'),
      field('complaint_lot', 'Lot or serial number', 'single_line_text'),
      field('complaint_hazards', 'Hazards', 'multiple_selection', false, ['Burn', 'Cut', 'Infection', 'Shock', 'Other']),
      field('complaint_event_date', 'Date of the event', 'date'),
      field('complaint_quantity', 'Units affected', 'integer'),
      field('complaint_value', 'Value of the goods', 'decimal'),
      field('complaint_reportable', 'Reportable', 'yes_no'),
      field('complaint_link', 'Link to the case', 'website'),
      field('complaint_notes', 'Investigation notes', 'formatted_text'),
      field('complaint_owner', 'Complaint owner', 'user_single'),
    ]),
    category('capa', 'CAPA', 'Corrective and preventive action', [
      field('capa_problem', 'Problem statement', 'paragraph_text', true),
      field('capa_source', 'Source', 'single_selection', true, ['Complaint', 'Audit', 'Deviation', 'Supplier']),
      field('capa_reference', 'Reference', 'single_line_text'),
    ]),
    category('deviation', 'DEVIATION', 'Deviation', [
      field('deviation_summary', 'Summary', 'single_line_text', true),
      field('deviation_text', 'Text', 'single_line_text'),
      field('deviation_paragraph', 'Paragraph', 'paragraph_text'),
      field('deviation_formatted', 'Formatted', 'formatted_text'),
      field('deviation_integer', 'Integer', 'integer'),
      field('deviation_decimal', 'Decimal', 'decimal'),
      field('deviation_date', 'Date', 'date'),
      field('deviation_website', 'Website', 'website'),
      field('deviation_yes_no', 'Yes or no', 'yes_no'),
      field('deviation_single', 'One of', 'single_selection', false, PRODUCTS),
      field('deviation_multiple', 'Some of', 'multiple_selection', false, PRODUCTS),
      field('deviation_role', 'Role', 'role_single'),
      field('deviation_roles', 'Roles', 'role_multiple'),
      field('deviation_user', 'User', 'user_single'),
      field('deviation_users', 'Users', 'user_multiple'),
    ]),
    category('ncr', 'NCR', 'Nonconformance report', [field('ncr_summary', 'Summary', 'single_line_text')]),
    category('audit', 'AUDIT', 'Audit finding', [field('audit_finding', 'Finding', 'paragraph_text')]),
    category('scar', 'SCAR', 'Supplier corrective action', [field('scar_supplier', 'Supplier', 'single_line_text')]),
    category('legacy', 'LEGACY', 'Complaints until 2019', [field('legacy_summary', 'Summary', 'single_line_text')], 'inactive'),
  ];
}
