/** What the org says of its objects: the global describe, and one object's with every property of its fields. */
import { visibleFields, visibleObject } from './access.ts';
import { FieldError } from './errors.ts';
import { type Field, field } from './fields.ts';
import { type ObjectType, changeEventName } from './objects.ts';
import type { Org } from './org.ts';
import { setupTable } from './setup-tables.ts';

export function globalDescribe(org: Org, api: string): unknown {
  const sobjects = [...org.store.objects.values()]
    .filter((object) => !org.access.unreadableObjects.has(object.name.toLowerCase()))
    .flatMap((object) => [
      summary(object.name, object.label, object.custom, object.keyPrefix, api),
      ...(object.changeEvents ? [changeEventSummary(object, api)] : []),
    ]);
  if (org.multiCurrency) sobjects.push(summary('CurrencyType', 'Currency Type', false, '01L', api));
  return { encoding: 'UTF-8', maxBatchSize: 200, sobjects };
}

function summary(name: string, label: string, custom: boolean, keyPrefix: string | null, api: string) {
  return {
    name,
    label,
    labelPlural: `${label}s`,
    custom,
    customSetting: false,
    keyPrefix,
    activateable: false,
    createable: true,
    deletable: true,
    deprecatedAndHidden: false,
    feedEnabled: false,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    layoutable: true,
    mergeable: false,
    mruEnabled: true,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: true,
    triggerable: true,
    undeletable: true,
    updateable: true,
    urls: {
      sobject: `/services/data/v${api}/sobjects/${name}`,
      describe: `/services/data/v${api}/sobjects/${name}/describe`,
      rowTemplate: `/services/data/v${api}/sobjects/${name}/{ID}`,
    },
  };
}

const NOTHING = [
  'createable',
  'deletable',
  'queryable',
  'replicateable',
  'retrieveable',
  'searchable',
  'undeletable',
  'updateable',
];

function changeEventSummary(object: ObjectType, api: string) {
  const whole = summary(changeEventName(object.name), `Change Event: ${object.label}`, object.custom, null, api);
  return { ...whole, ...Object.fromEntries(NOTHING.map((name) => [name, false])) } as typeof whole;
}

/** @throws FieldError NOT_FOUND */
export function describeObject(org: Org, name: string, api: string): unknown {
  const event = [...org.store.objects.values()].find((each) => changeEventName(each.name).toLowerCase() === name.toLowerCase());
  if (event?.changeEvents) return { ...changeEventSummary(event, api), ...whole(org, changeEventType(event)) };
  const setup = org.store.object(name) ? undefined : setupTable(org, name);
  const object = setup?.type ?? visibleObject(org.store, org.access, name);
  return { ...summary(object.name, object.label, object.custom, object.keyPrefix, api), ...whole(org, object) };
}

function changeEventType(object: ObjectType): ObjectType {
  const kept = object.fields.filter((each) => !['Id', 'IsDeleted', 'SystemModstamp'].includes(each.name) && !each.calculated);
  const fields = [field('Id', 'id'), field('ReplayId', 'string'), field('ChangeEventHeader', 'complexvalue'), ...kept];
  return { ...object, name: changeEventName(object.name), fields };
}

const whole = (org: Org, object: ObjectType) => ({
  fields: visibleFields(object, org.access).map(describeField),
  childRelationships: [],
  recordTypeInfos: [],
  supportedScopes: [{ label: 'All', name: 'everything' }],
});

const SOAP: Readonly<Record<string, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  time: 'xsd:time',
  address: 'urn:address',
  location: 'urn:location',
};

const UNGROUPABLE = new Set([
  'textarea',
  'multipicklist',
  'address',
  'location',
  'encryptedstring',
  'double',
  'currency',
  'percent',
]);

function describeField(each: Field): Record<string, unknown> {
  const long = each.type === 'textarea' && each.length > 255;
  const compound = each.type === 'address' || each.type === 'location';
  const encrypted = each.type === 'encryptedstring';
  const { compute: _, derived: __, autoNumber = false, ...own } = each;
  return {
    ...own,
    aggregatable: !long && !compound && !encrypted,
    aiPredictionField: false,
    autoNumber,
    byteLength: each.length * 3,
    calculatedFormula: each.calculated ? 'TODAY()' : null,
    cascadeDelete: false,
    caseSensitive: false,
    controllerName: null,
    defaultValue: each.type === 'boolean' ? false : null,
    defaultValueFormula: null,
    defaultedOnCreate: each.type === 'boolean' || autoNumber,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: each.type === 'int' ? 9 : 0,
    displayLocationInDecimal: each.type === 'location',
    encrypted,
    externalId: false,
    extraTypeInfo: each.type === 'textarea' ? (each.htmlFormatted ? 'richtextarea' : 'plaintextarea') : null,
    filterable: !long && !compound && !encrypted,
    filteredLookupInfo: null,
    formulaTreatNullNumberAsZero: false,
    groupable: !UNGROUPABLE.has(each.type) && !each.calculated,
    highScaleNumber: false,
    idLookup: each.type === 'id',
    inlineHelpText: null,
    mask: encrypted ? 'All characters' : null,
    maskType: encrypted ? 'all' : null,
    namePointing: each.polymorphicForeignKey,
    permissionable: each.nillable && each.type !== 'id' && each.compoundFieldName === null,
    queryByDistance: each.type === 'location',
    referenceTargetField: null,
    relationshipOrder: null,
    restrictedDelete: false,
    restrictedPicklist: false,
    searchPrefilterable: false,
    soapType: SOAP[each.type] ?? 'xsd:string',
    sortable: !long && !compound && !encrypted && each.type !== 'multipicklist',
    unique: autoNumber,
    writeRequiresMasterRead: false,
  };
}

/** Plain fields of the object only, as the retrieve of many records takes them. @throws FieldError INVALID_FIELD */
export function plainFields(org: Org, object: ObjectType, asked: readonly unknown[]): Field[] {
  const visible = new Map(visibleFields(object, org.access).map((each) => [each.name.toLowerCase(), each]));
  return asked.map((name) => {
    const known = visible.get(String(name).toLowerCase());
    if (!known) throw new FieldError('INVALID_FIELD', `No such column '${String(name)}' on sobject of type ${object.name}`);
    return known;
  });
}
