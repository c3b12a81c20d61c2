import { expect, test } from 'vitest';
import type { FieldDescribe, ObjectDescribe } from '../../relay/model/salesforce.ts';
import { planPaths } from '../../relay/salesforce/record-paths.ts';
import { failure } from './support.ts';

const field = (name: string, relationshipName: string | null = null, referenceTo: string[] = []): FieldDescribe => ({
  name,
  label: name,
  type: relationshipName ? 'reference' : 'string',
  custom: false,
  nillable: true,
  relationshipName,
  referenceTo,
  picklistValues: [],
  scale: 0,
  compoundFieldName: null,
  calculated: false,
  nameField: false,
  htmlFormatted: false,
});
const object = (name: string, fields: FieldDescribe[]): ObjectDescribe => ({
  name,
  label: name,
  custom: false,
  fields: [field('Id'), ...fields],
});

const OBJECTS = [
  object('Case', [field('Subject'), field('OwnerId', 'Owner', ['Group', 'User']), field('AccountId', 'Account', ['Account'])]),
  object('Account', [field('Name'), field('OwnerId', 'Owner', ['User']), field('ParentId', 'Parent', ['Account'])]),
  object('User', [field('Name'), field('Department'), field('ManagerId', 'Manager', ['User'])]),
  object('Group', [field('Name')]),
];
const related = async (name: string): Promise<ObjectDescribe | null> => OBJECTS.find((each) => each.name === name) ?? null;
const plan = (paths: string[]): ReturnType<typeof planPaths> => planPaths(OBJECTS[0] as ObjectDescribe, paths, related);

test('names are spelt as the describe spells them', async () => {
  const { fields, relations } = await plan(['SUBJECT', 'account.parent.owner.DEPARTMENT', 'owner.name']);
  expect(fields).toEqual(['Id', 'Subject']);
  expect(relations).toEqual(['Account.Parent.Owner.Department', 'Owner.Name']);
});

test('a polymorphic owner is asked by type for what not every owner has, and by name for what each has', async () => {
  const { relations, pick } = await plan(['Owner.Name', 'Owner.Department']);
  expect(relations).toEqual(['TYPEOF Owner WHEN User THEN Department, Name ELSE Name END']);
  expect(pick({ Id: '1', Owner: { Name: 'Queue' } })).toEqual({ 'Owner.Name': 'Queue', 'Owner.Department': null });
  expect(pick({ Id: '1', Owner: { Name: 'Ann', Department: 'QA' } })).toEqual({ 'Owner.Name': 'Ann', 'Owner.Department': 'QA' });
});

test('what no owner has is refused', async () => {
  expect(await failure(plan(['Owner.Nope']))).toMatchObject({ code: 'INVALID_FIELD' });
  expect(await failure(plan(['Owner.Manager.Name']))).toMatchObject({ code: 'INVALID_FIELD' });
});
