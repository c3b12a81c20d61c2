/** The objects of the stand-in's org: a medical-device maker's. */
import { type Field, address, field, formula, part, picklist, reference, systemFields } from './fields.ts';

export interface ObjectType {
  name: string;
  label: string;
  custom: boolean;
  keyPrefix: string;
  /** Whether <Name>ChangeEvent exists. */
  changeEvents: boolean;
  fields: Field[];
}

const object = (name: string, keyPrefix: string, fields: Field[], extra: Partial<ObjectType> = {}): ObjectType => ({
  name,
  label: name.replace(/__c$/, '').replace(/_/g, ' '),
  custom: name.endsWith('__c'),
  keyPrefix,
  changeEvents: true,
  fields: [...systemFields({ owner: !['User', 'Group', 'Organization'].includes(name) }), ...fields],
  ...extra,
});

const name = (extra: Partial<Field> = {}): Field => field('Name', 'string', { nameField: true, ...extra });

export const changeEventName = (objectName: string): string =>
  objectName.endsWith('__c') ? objectName.replace(/__c$/, '__ChangeEvent') : `${objectName}ChangeEvent`;

export function seedObjects(): ObjectType[] {
  return [
    object('Case', '500', [
      field('CaseNumber', 'string', {
        nameField: true,
        autoNumber: true,
        createable: false,
        updateable: false,
        nillable: false,
      }),
      field('Subject', 'string'),
      field('Description', 'textarea', { length: 32000 }),
      picklist('Status', ['New', 'Working', 'Escalated', 'Closed']),
      picklist('Priority', ['High', 'Medium', 'Low']),
      picklist('Origin', ['Phone', 'Email', 'Web']),
      picklist('Reason', ['Installation', 'Performance', 'Breakdown', 'Feedback']),
      picklist('Type', ['Complaint', 'Question', 'Feature Request']),
      reference('AccountId', ['Account']),
      reference('ContactId', ['Contact']),
      reference('ParentId', ['Case'], 'Parent'),
      field('SuppliedEmail', 'email'),
      field('IsEscalated', 'boolean', { nillable: false }),
      field('IsClosed', 'boolean', { nillable: false, createable: false, updateable: false, derived: true }),
      field('ClosedDate', 'datetime', { createable: false, updateable: false }),
      field('Amount__c', 'currency', { precision: 18, scale: 2 }),
      field('Score__c', 'percent', { precision: 5, scale: 1 }),
      field('Quantity__c', 'double', { precision: 18, scale: 0 }),
      field('Units__c', 'int'),
      field('SlaDate__c', 'date'),
      field('DetectedAt__c', 'datetime'),
      field('ShiftStart__c', 'time'),
      picklist('Hazards__c', ['Burn', 'Cut', 'Infection', 'Shock'], 'multipicklist'),
      picklist('Product__c', [
        'Infusion pump',
        'Patient monitor',
        'Surgical stapler',
        'Glucose meter',
        'Ventilator',
        'Catheter kit',
      ]),
      field('Reportable__c', 'boolean', { nillable: false }),
      field('LotNumber__c', 'string'),
      field('Phone__c', 'phone'),
      field('Link__c', 'url'),
      field('Notes__c', 'textarea', { htmlFormatted: true, length: 32768 }),
      field('Secret__c', 'encryptedstring'),
      part('Site__Latitude__s', 'double', 'Site__c', { precision: 18, scale: 15 }),
      part('Site__Longitude__s', 'double', 'Site__c', { precision: 18, scale: 15 }),
      field('Site__c', 'location', { createable: false, updateable: false }),
      formula('Age_Days__c', 'double', (values, _, now) =>
        Math.floor((now - Date.parse(String(values['CreatedDate']))) / 86_400_000),
      ),
      formula('Customer__c', 'string', (values, related) => related('Account', values['AccountId'])?.['Name'] ?? null),
    ]),
    object('Account', '001', [
      name(),
      picklist('Industry', ['Hospital', 'Clinic', 'Distributor']),
      picklist('Type', ['Customer', 'Prospect', 'Partner']),
      field('Phone', 'phone'),
      field('Website', 'url'),
      field('AnnualRevenue', 'currency', { precision: 18, scale: 0 }),
      ...address('Billing'),
    ]),
    object('Contact', '003', [
      part('Salutation', 'picklist', 'Name'),
      part('FirstName', 'string', 'Name'),
      part('LastName', 'string', 'Name', { nillable: false }),
      name({ createable: false, updateable: false }),
      reference('AccountId', ['Account']),
      field('Email', 'email'),
      field('Phone', 'phone'),
      ...address('Mailing'),
    ]),
    object('Opportunity', '006', [
      name({ nillable: false, length: 120 }),
      field('Description', 'textarea', { length: 32000 }),
      field('Probability', 'percent', { precision: 3, scale: 0 }),
      field('IsClosed', 'boolean', { nillable: false, createable: false, updateable: false, derived: true }),
      field('IsWon', 'boolean', { nillable: false, createable: false, updateable: false, derived: true }),
      picklist('StageName', ['Prospecting', 'Closed Won', 'Closed Lost']),
      field('Amount', 'currency', { precision: 18, scale: 2 }),
      field('CloseDate', 'date'),
      reference('AccountId', ['Account']),
    ]),
    object('Task', '00T', [
      picklist('Subject', ['Call', 'Email'], 'combobox'),
      picklist('Status', ['Not Started', 'Completed']),
      reference('WhatId', ['Account', 'Case', 'Opportunity'], 'What'),
      reference('WhoId', ['Contact', 'Lead'], 'Who'),
      field('Description', 'textarea', { length: 32000 }),
      field('ActivityDate', 'date'),
      picklist('Priority', ['High', 'Normal', 'Low']),
      field('IsClosed', 'boolean', { nillable: false, createable: false, updateable: false, derived: true }),
    ]),
    object('Complaint__c', 'a01', [
      name({ length: 80 }),
      reference('Case__c', ['Case']),
      reference('Account__c', ['Account']),
      picklist('Severity__c', ['Minor', 'Major', 'Critical']),
      field('Description__c', 'textarea', { length: 32768 }),
      field('DueDate__c', 'date'),
      field('Cost__c', 'currency', { precision: 16, scale: 2 }),
    ]),
    object('User', '005', [
      part('FirstName', 'string', 'Name'),
      part('LastName', 'string', 'Name', { nillable: false }),
      name({ createable: false, updateable: false }),
      field('Username', 'string', { nillable: false }),
      field('Email', 'email', { nillable: false }),
      field('IsActive', 'boolean', { nillable: false }),
      field('Alias', 'string', { length: 8 }),
      field('Title', 'string', { length: 80 }),
      field('Phone', 'phone'),
      field('Department', 'string', { length: 80 }),
      picklist('TimeZoneSidKey', ['GMT', 'Europe/Berlin', 'America/New_York']),
      picklist('LocaleSidKey', ['en_US', 'de_DE']),
      picklist('LanguageLocaleKey', ['en_US', 'de']),
      picklist('UserType', ['Standard', 'PowerPartner', 'AutomatedProcess']),
      field('FederationIdentifier', 'string'),
      reference('ProfileId', ['Profile']),
      reference('ManagerId', ['User'], 'Manager'),
    ]),
    object('Profile', '00e', [name()], { changeEvents: false }),
    object('Group', '00G', [name(), field('DeveloperName', 'string'), picklist('Type', ['Queue', 'Regular'])], {
      changeEvents: false,
    }),
    object(
      'Organization',
      '00D',
      [
        name(),
        field('IsSandbox', 'boolean'),
        field('OrganizationType', 'string'),
        field('InstanceName', 'string'),
        field('TrialExpirationDate', 'datetime'),
        field('NamespacePrefix', 'string', { length: 15 }),
        picklist('TimeZoneSidKey', ['GMT', 'Europe/Berlin', 'America/New_York']),
        picklist('LanguageLocaleKey', ['en_US', 'de']),
        picklist('DefaultLocaleSidKey', ['en_US', 'de_DE']),
      ],
      { changeEvents: false },
    ),
    object('KnowledgeNote__c', 'a02', [name(), field('Text__c', 'textarea')], { changeEvents: false }),
  ];
}
