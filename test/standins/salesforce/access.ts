/** What the connected user may see and do. */
import { FieldError } from './errors.ts';
import type { Field } from './fields.ts';
import type { ObjectType } from './objects.ts';
import type { Store } from './store.ts';

export interface Access {
  /** Objects that can't be read at all, by lower-case name. */
  unreadableObjects: Set<string>;
  /** `Case.Secret__c`: hidden by field-level security. */
  hiddenFields: Set<string>;
  /** Records that sharing hides. */
  hiddenRecords: Set<string>;
  /** Objects without View All Records: their events are dropped silently on custom channels. */
  withoutViewAll: Set<string>;
  viewAllData: boolean;
  customizeApplication: boolean;
  /** false: permission sets, field definitions and the like are no objects to this user. */
  viewSetup: boolean;
  /** false: API Enabled was taken away. */
  apiEnabled: boolean;
}

export const fullAccess = (): Access => ({
  unreadableObjects: new Set(),
  hiddenFields: new Set(),
  hiddenRecords: new Set(),
  withoutViewAll: new Set(),
  viewAllData: true,
  customizeApplication: true,
  viewSetup: true,
  apiEnabled: true,
});

/** @throws FieldError NOT_FOUND */
export function visibleObject(store: Store, access: Access, name: string): ObjectType {
  const object = store.object(name);
  if (!object || access.unreadableObjects.has(object.name.toLowerCase()))
    throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
  return object;
}

export const visibleField = (object: ObjectType, access: Access, each: Field): boolean =>
  access.hiddenFields.size === 0 || !access.hiddenFields.has(`${object.name}.${each.name}`);

export const visibleFields = (object: ObjectType, access: Access): Field[] =>
  object.fields.filter((each) => visibleField(object, access, each));

/** Whether the user gets the entity's change events. */
export const seesChanges = (access: Access, entity: string): boolean =>
  !access.withoutViewAll.has(entity) && !access.unreadableObjects.has(entity.toLowerCase());
