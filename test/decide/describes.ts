/** Describes as Salesforce gives them, short to write. */
import type { ChangeEvent } from '../../relay/model/event.ts';
import type { FieldDescribe, ObjectDescribe } from '../../relay/model/salesforce.ts';

export function field(name: string, type = 'string', more: Partial<FieldDescribe> = {}): FieldDescribe {
  return {
    name,
    label: name.replace(/__c$/, '').replaceAll('_', ' '),
    type,
    custom: name.endsWith('__c') || name.endsWith('__s'),
    nillable: true,
    relationshipName: null,
    referenceTo: [],
    picklistValues: [],
    scale: 0,
    compoundFieldName: null,
    calculated: false,
    nameField: false,
    htmlFormatted: false,
    ...more,
  };
}

export const reference = (name: string, relationshipName: string, ...referenceTo: string[]): FieldDescribe =>
  field(name, 'reference', { relationshipName, referenceTo });

export const object = (name: string, fields: FieldDescribe[], label = name): ObjectDescribe => ({
  name,
  label,
  custom: name.endsWith('__c'),
  fields: [field('Id', 'id', { nillable: false }), field('LastModifiedDate', 'datetime', { nillable: false }), ...fields],
});

export const CASE = object('Case', [
  field('CaseNumber', 'string', { nillable: false, nameField: true }),
  field('Subject'),
  field('Description', 'textarea'),
  field('Status', 'picklist', { picklistValues: ['New', 'Working', 'Closed'] }),
  field('Priority', 'picklist', { picklistValues: ['High', 'Medium', 'Low'] }),
  field('Products__c', 'multipicklist', { picklistValues: ['Pump', 'Valve', 'Sensor'] }),
  field('IsClosed', 'boolean', { nillable: false }),
  field('Amount__c', 'currency', { scale: 2 }),
  field('Share__c', 'percent', { scale: 2 }),
  field('Units__c', 'double', { scale: 0 }),
  field('SlaDate__c', 'date'),
  field('OccurredAt__c', 'datetime'),
  field('Shift__c', 'time'),
  field('Score__c', 'double', { calculated: true }),
  field('Document__c', 'base64'),
  field('Site__c', 'location'),
  field('Site__Latitude__s', 'double', { compoundFieldName: 'Site__c' }),
  field('Site__Longitude__s', 'double', { compoundFieldName: 'Site__c' }),
  field('ContactEmail', 'email'),
  field('CurrencyIsoCode', 'picklist'),
  field('CreatedDate', 'datetime', { nillable: false }),
  reference('AccountId', 'Account', 'Account'),
  reference('OwnerId', 'Owner', 'Group', 'User'),
  reference('Plant__c', 'Plant__r', 'Plant__c'),
]);

export const ACCOUNT = object('Account', [
  field('Name', 'string', { nillable: false, nameField: true }),
  field('Industry', 'picklist', { picklistValues: ['Medical', 'Food'] }),
  field('BillingAddress', 'address'),
  field('BillingStreet', 'textarea', { compoundFieldName: 'BillingAddress' }),
  field('BillingCity', 'string', { compoundFieldName: 'BillingAddress' }),
  field('BillingStateCode', 'picklist', { compoundFieldName: 'BillingAddress' }),
  reference('OwnerId', 'Owner', 'User'),
  reference('ParentId', 'Parent', 'Account'),
]);

export const CONTACT = object('Contact', [
  field('Name', 'string', { nillable: false, nameField: true, compoundFieldName: 'Name' }),
  field('Salutation', 'picklist', { compoundFieldName: 'Name' }),
  field('FirstName', 'string', { compoundFieldName: 'Name' }),
  field('LastName', 'string', { nillable: false, compoundFieldName: 'Name' }),
  field('Email', 'email'),
  field('MailingAddress', 'address'),
  field('MailingCity', 'string', { compoundFieldName: 'MailingAddress' }),
]);

export const USER = object('User', [
  field('Name', 'string', { nameField: true }),
  field('Username'),
  field('IsActive', 'boolean', { nillable: false }),
]);

export const PLANT = object('Plant__c', [field('Name', 'string', { nameField: true }), field('Code__c')]);

const ALL = [CASE, ACCOUNT, CONTACT, USER, PLANT];
export const related = (name: string): ObjectDescribe | undefined =>
  ALL.find((one) => one.name.toLowerCase() === name.toLowerCase());

export function event(more: Partial<ChangeEvent> = {}): ChangeEvent {
  return {
    key: 'tx/1/Case/500000000000001AAA',
    object: 'Case',
    recordId: '500000000000001AAA',
    changeType: 'UPDATE',
    changedFields: [],
    values: {},
    eventAt: '2026-03-02T10:00:00.000Z',
    source: 'stream',
    replayId: '1',
    changeOrigin: null,
    commitUser: null,
    transactionKey: 'tx',
    poison: null,
    ...more,
  };
}
