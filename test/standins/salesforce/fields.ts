/** Field definitions as Salesforce's describe gives them. */

export interface Field {
  name: string;
  label: string;
  type: string;
  custom: boolean;
  nillable: boolean;
  createable: boolean;
  updateable: boolean;
  calculated: boolean;
  nameField: boolean;
  htmlFormatted: boolean;
  relationshipName: string | null;
  referenceTo: string[];
  picklistValues: { value: string; label: string; active: boolean; defaultValue: boolean }[];
  length: number;
  precision: number;
  scale: number;
  compoundFieldName: string | null;
  polymorphicForeignKey: boolean;
}

const label = (name: string): string =>
  name
    .replace(/__c$/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2');

export function field(name: string, type: string, extra: Partial<Field> = {}): Field {
  return {
    name,
    label: label(name),
    type,
    custom: name.endsWith('__c'),
    nillable: true,
    createable: true,
    updateable: true,
    calculated: false,
    nameField: false,
    htmlFormatted: false,
    relationshipName: null,
    referenceTo: [],
    picklistValues: [],
    length: type === 'string' ? 255 : 0,
    precision: 0,
    scale: 0,
    compoundFieldName: null,
    polymorphicForeignKey: false,
    ...extra,
  };
}

export const picklist = (name: string, values: string[], type = 'picklist'): Field =>
  field(name, type, { picklistValues: values.map((value) => ({ value, label: value, active: true, defaultValue: false })) });

/** A lookup: AccountId → Account, Plant__c → Plant__r. */
export function reference(name: string, to: string[], relationshipName?: string): Field {
  const relationship = relationshipName ?? (name.endsWith('__c') ? name.replace(/__c$/, '__r') : name.replace(/Id$/, ''));
  return field(name, 'reference', { referenceTo: to, relationshipName: relationship, polymorphicForeignKey: to.length > 1 });
}

export const formula = (name: string, type: string): Field =>
  field(name, type, { calculated: true, createable: false, updateable: false });

export const part = (name: string, type: string, compound: string, extra: Partial<Field> = {}): Field =>
  field(name, type, { compoundFieldName: compound, ...extra });

export function systemFields(options: { owner?: boolean } = {}): Field[] {
  const readonly = { createable: false, updateable: false, nillable: false };
  return [
    field('Id', 'id', readonly),
    field('IsDeleted', 'boolean', readonly),
    ...(options.owner === false ? [] : [{ ...reference('OwnerId', ['Group', 'User'], 'Owner'), nillable: false }]),
    field('CreatedDate', 'datetime', readonly),
    { ...reference('CreatedById', ['User'], 'CreatedBy'), ...readonly },
    field('LastModifiedDate', 'datetime', readonly),
    { ...reference('LastModifiedById', ['User'], 'LastModifiedBy'), ...readonly },
    field('SystemModstamp', 'datetime', readonly),
  ];
}

/** Street, City, … of a compound address: BillingStreet, BillingCity and the compound BillingAddress itself. */
export function address(prefix: string): Field[] {
  const compound = `${prefix}Address`;
  return [
    part(`${prefix}Street`, 'textarea', compound),
    part(`${prefix}City`, 'string', compound),
    part(`${prefix}State`, 'string', compound),
    part(`${prefix}PostalCode`, 'string', compound),
    part(`${prefix}Country`, 'string', compound),
    part(`${prefix}Latitude`, 'double', compound, { precision: 18, scale: 15 }),
    part(`${prefix}Longitude`, 'double', compound, { precision: 18, scale: 15 }),
    part(`${prefix}GeocodeAccuracy`, 'picklist', compound),
    field(compound, 'address', { createable: false, updateable: false }),
  ];
}
