/** Setup objects that are worked out and not stored: what the user is permitted, definitions of objects and fields, currencies. */
import { type Access, visibleField } from './access.ts';
import { type Field, field, reference } from './fields.ts';
import { isId, to18 } from './ids.ts';
import { type ObjectType, changeEventName } from './objects.ts';
import type { Org } from './org.ts';
import type { Condition, Query } from './soql/ast.ts';
import type { Table } from './soql/world.ts';
import type { StoredRecord, Values } from './store.ts';

/** The one permission set that the integration user has. */
export const PERMISSION_SET = '0PS5x000001AAAAGA4';

type Rows = (org: Org, query: Query) => Values[];

const flag = (name: string): Field => field(name, 'boolean');
const text = (name: string): Field => field(name, 'string');
const id = (name = 'Id'): Field => field(name, 'id');
const lookup = (name: string, to: string): Field => reference(name, [to]);

/** Those who may not look into the setup get INVALID_TYPE. */
const SETUP: Readonly<Record<string, { fields: Field[]; rows: Rows }>> = {
  UserPermissionAccess: {
    fields: [
      id(),
      ...['ViewAllData', 'ViewAllUsers', 'CustomizeApplication', 'ApiEnabled'].map((each) => flag(`Permissions${each}`)),
    ],
    rows: ({ access }) => [{ Id: '0000000000000000AA', ...rights(access) }],
  },
  PermissionSet: {
    fields: [id(), text('Name'), text('Label'), flag('PermissionsViewAllData'), flag('PermissionsCustomizeApplication')],
    rows: ({ access }) => [{ Id: PERMISSION_SET, Name: 'ZenQMS_Integration', Label: 'ZenQMS Integration', ...rights(access) }],
  },
  PermissionSetAssignment: {
    fields: [id(), lookup('PermissionSetId', 'PermissionSet'), lookup('AssigneeId', 'User')],
    rows: ({ user }) => [{ Id: '0Pa5x000001AAAACA4', PermissionSetId: PERMISSION_SET, AssigneeId: user.id }],
  },
  ObjectPermissions: {
    fields: [
      id(),
      lookup('ParentId', 'PermissionSet'),
      text('SobjectType'),
      ...['Read', 'ViewAllRecords'].map((each) => flag(`Permissions${each}`)),
    ],
    rows: ({ store, access }) =>
      [...store.objects.values()].map((object, at) => ({
        Id: serial('110', at),
        ParentId: PERMISSION_SET,
        SobjectType: object.name,
        PermissionsRead: !access.unreadableObjects.has(object.name.toLowerCase()),
        PermissionsViewAllRecords: !access.withoutViewAll.has(object.name),
      })),
  },
  FieldPermissions: {
    fields: [
      id(),
      lookup('ParentId', 'PermissionSet'),
      text('SobjectType'),
      text('Field'),
      flag('PermissionsRead'),
      flag('PermissionsEdit'),
    ],
    rows: (org) =>
      everyField(org).map(({ object, own }, at) => ({
        Id: serial('01k', at),
        ParentId: PERMISSION_SET,
        SobjectType: object.name,
        Field: `${object.name}.${own.name}`,
        PermissionsRead: visibleField(object, org.access, own),
        PermissionsEdit: false,
      })),
  },
  FieldDefinition: {
    fields: [id(), text('DurableId'), text('QualifiedApiName'), text('Label'), text('DataType'), text('EntityDefinitionId')],
    rows: (org) =>
      everyField(org).map(({ object, own }, at) => ({
        Id: serial('00N', at),
        DurableId: `${object.name}.${own.name}`,
        QualifiedApiName: own.name,
        Label: own.label,
        DataType: own.type,
        EntityDefinitionId: object.name,
      })),
  },
  EntityDefinition: {
    fields: [
      id(),
      text('DurableId'),
      text('QualifiedApiName'),
      text('DeveloperName'),
      text('Label'),
      text('KeyPrefix'),
      flag('IsCustomizable'),
    ],
    rows: ({ store }) =>
      [...store.objects.values()]
        .flatMap((object) =>
          [object.name, ...(object.changeEvents ? [changeEventName(object.name)] : [])].map((name) => ({ object, name })),
        )
        .map(({ object, name }, at) => ({
          Id: serial('0oe', at),
          DurableId: name,
          QualifiedApiName: name,
          DeveloperName: name.replace(/__(c|ChangeEvent)$/, ''),
          Label: object.label,
          KeyPrefix: name === object.name ? object.keyPrefix : null,
          IsCustomizable: true,
        })),
  },
};

const ANYONE: Readonly<Record<string, { fields: Field[]; rows: Rows }>> = {
  UserRecordAccess: {
    fields: [
      id(),
      id('RecordId'),
      id('UserId'),
      ...['Read', 'Edit', 'Delete', 'Transfer', 'All'].map((each) => flag(`Has${each}Access`)),
    ],
    // Salesforce wants both filters and answers for the records that are named.
    rows: ({ access, user }, query) =>
      literalsOf(query.where, 'recordid').map((asked, at) => {
        const yes = !access.hiddenRecords.has(asked);
        const all = {
          HasReadAccess: yes,
          HasEditAccess: false,
          HasDeleteAccess: false,
          HasTransferAccess: false,
          HasAllAccess: false,
        };
        return { Id: serial('0UA', at), RecordId: asked, UserId: user.id, ...all };
      }),
  },
  CurrencyType: {
    fields: [id(), text('IsoCode'), field('ConversionRate', 'double'), flag('IsActive'), flag('IsCorporate')],
    rows: ({ currencies }) =>
      currencies.map((code, at) => ({
        Id: serial('01L', at),
        IsoCode: code,
        ConversionRate: 1 + at / 10,
        IsActive: true,
        IsCorporate: at === 0,
      })),
  },
};

export function setupTable(org: Org, name: string): Table | undefined {
  const key = (from: object): string | undefined => Object.keys(from).find((each) => each.toLowerCase() === name.toLowerCase());
  const own = key(ANYONE) ?? (org.access.viewSetup ? key(SETUP) : undefined);
  if (own === undefined || (own === 'CurrencyType' && !org.multiCurrency)) return undefined;
  const { fields, rows } = ANYONE[own] ?? SETUP[own]!;
  return tableOf(own, fields, (query) => rows(org, query));
}

/** Rows that are worked out anew for each query. */
export function tableOf(name: string, fields: Field[], rows: (query: Query) => Values[]): Table {
  const type: ObjectType = { name, label: name, custom: false, keyPrefix: '', changeEvents: false, fields };
  const records = (query: Query): StoredRecord[] =>
    rows(query).map((values) => ({ id: String(values['Id']), object: name, values, deleted: false }));
  const nothing: Query = {
    text: '',
    count: false,
    selected: [],
    object: { text: name, at: 0 },
    where: null,
    order: [],
    limit: null,
    offset: 0,
  };
  return { type, all: records, get: (wanted) => records(nothing).find((each) => each.id === to18(wanted)) };
}

function rights({ viewAllData, withoutViewAll, customizeApplication, apiEnabled }: Access): Values {
  return {
    PermissionsViewAllData: viewAllData && withoutViewAll.size === 0,
    PermissionsViewAllUsers: !withoutViewAll.has('User'),
    PermissionsCustomizeApplication: customizeApplication,
    PermissionsApiEnabled: apiEnabled,
  };
}

const everyField = ({ store }: Org): { object: ObjectType; own: Field }[] =>
  [...store.objects.values()].flatMap((object) => object.fields.map((own) => ({ object, own })));

const serial = (prefix: string, at: number): string => to18(`${prefix}5x${String(at + 1).padStart(10, '0')}`);

/** The ids that a field is compared with, anywhere in a condition. */
function literalsOf(where: Condition | null, path: string): string[] {
  switch (where?.kind) {
    case 'and':
    case 'or':
      return where.parts.flatMap((part) => literalsOf(part, path));
    case 'not':
      return literalsOf(where.part, path);
    case 'compare':
    case 'in': {
      if (where.path.text.toLowerCase() !== path) return [];
      const values = where.kind === 'in' ? where.values : [where.value];
      return values.flatMap((each) => (each.kind === 'text' && isId(each.value) ? [to18(each.value)] : []));
    }
    default:
      return [];
  }
}
