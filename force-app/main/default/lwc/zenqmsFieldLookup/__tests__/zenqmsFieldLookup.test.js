import ZenqmsFieldLookup from 'c/zenqmsFieldLookup';
import { find, heard, mount, settled } from 'test/dom';
import fields from './data/fields.json';

const open = (more = {}) => mount('c-zenqms-field-lookup', ZenqmsFieldLookup, { label: 'Field', fields, ...more });
const lookup = (element) => find(element, 'c-zenqms-lookup');

it('offers the fields and the records that they refer to', async () => {
  const element = open();
  await settled();
  expect(lookup(element).options.map((option) => option.value)).toEqual([
    'Subject',
    'SlaDate__c',
    'AccountId',
    'WhatId',
    'Account',
  ]);
  expect(lookup(element).options.at(-1)).toMatchObject({ label: 'Fields of the related Account', drill: 'Account.' });
  await expect(element).toBeAccessible();
});

it('offers only fields of the wanted types, and still the way to related ones', async () => {
  const element = open({ types: ['date', 'datetime'] });
  await settled();
  expect(lookup(element).options.map((option) => option.value)).toEqual(['SlaDate__c', 'Account']);
});

it('asks for the fields of a related object once', async () => {
  const element = open();
  const expanded = heard(element, 'expand');
  await settled();
  lookup(element).dispatchEvent(new CustomEvent('drill', { detail: { value: 'Account' } }));
  expect(expanded).toEqual([{ path: 'Account', object: 'Account' }]);
  element.fields = [...fields, { path: 'Account.Name', label: 'Account Name', type: 'string' }];
  await settled();
  lookup(element).dispatchEvent(new CustomEvent('drill', { detail: { value: 'Account' } }));
  expect(expanded).toHaveLength(1);
});

it('tells the path that was chosen', async () => {
  const element = open();
  const changes = heard(element, 'change');
  await settled();
  lookup(element).dispatchEvent(new CustomEvent('change', { detail: { value: 'Subject', option: {} } }));
  expect(changes).toEqual([{ value: 'Subject' }]);
});

it('passes validity on', async () => {
  const element = open({ required: true });
  await settled();
  expect(element.checkValidity()).toBe(false);
  element.value = 'Subject';
  await settled();
  expect(element.reportValidity()).toBe(true);
  element.setCustomValidity('Not readable.');
  expect(element.reportValidity()).toBe(false);
});
