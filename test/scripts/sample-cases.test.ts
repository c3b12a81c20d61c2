import { describe, expect, it } from 'vitest';
import { SAMPLE_INTEGRATION, sampleCases } from '../../scripts/sample-cases.ts';
import { seedObjects } from '../standins/salesforce/objects.ts';
import { fieldProblem } from '../standins/zenqms/field-rules.ts';
import { seedCategories, seedUsers } from '../standins/zenqms/seed.ts';

const today = new Date('2026-01-05T09:00:00Z');
const samples = sampleCases({ today });
const creates = samples.steps.filter((step) => step.kind === 'create');
const caseFields = new Map(
  seedObjects()
    .find(({ name }) => name === 'Case')!
    .fields.map((field) => [field.name, field]),
);
const category = seedCategories().find(({ id }) => id === SAMPLE_INTEGRATION.categoryId)!;

describe('sample Cases', () => {
  it('are 200, the same for the same seed, others for another', () => {
    expect(creates).toHaveLength(200);
    expect(new Set(creates.map(({ record }) => record)).size).toBe(200);
    expect(sampleCases({ today })).toEqual(samples);
    expect(sampleCases({ today, seed: 2 })).not.toEqual(samples);
  });

  it.each([1, 2, 3, 4, 5])('have every outcome, and one refused (seed %i)', (seed) => {
    const { expected, steps } = sampleCases({ today, seed });
    expect(expected.refused).toBe(1);
    expect(expected.created).toBeGreaterThan(150);
    expect(expected.duplicate).toBeGreaterThan(20);
    expect(expected.filter_false).toBeGreaterThan(10);
    expect(steps).toHaveLength(Object.values(expected).reduce((sum, each) => sum + each));
  });

  it('come into being before they are updated, and get one Issue at most', () => {
    const made = new Set<number>();
    const issues = new Set<number>();
    for (const step of samples.steps) {
      if (step.kind === 'create') made.add(step.record);
      expect(made.has(step.record)).toBe(true);
      if (step.outcome === 'duplicate') expect(issues.has(step.record)).toBe(true);
      if (step.outcome !== 'created') continue;
      expect(issues.has(step.record)).toBe(false);
      issues.add(step.record);
    }
    expect(issues.size).toBe(samples.expected.created);
  });

  it('have the outcome that the filter says, on the values they have by then', () => {
    const state = new Map<number, Record<string, unknown>>();
    for (const { record, values, outcome } of samples.steps) {
      const now = { ...state.get(record), ...values };
      state.set(record, now);
      const passes = now.Type === 'Complaint' && now.Priority !== 'Low';
      expect(outcome === 'filter_false').toBe(!passes);
    }
  });

  it('fit the fields that the Case has', () => {
    for (const { values } of samples.steps)
      for (const [name, value] of Object.entries(values)) {
        const field = caseFields.get(name);
        expect(field, name).toBeDefined();
        if (value === null) continue;
        if (field!.type === 'string') expect(String(value).length).toBeLessThanOrEqual(255);
        const options = field!.picklistValues.map((each) => each.value);
        if (options.length > 0) for (const each of String(value).split(';')) expect(options, name).toContain(each);
      }
    for (const create of creates) expect(samples.accounts[create.account]).toBeDefined();
  });

  it('lack what ZenQMS requires where they say so, and nowhere else', () => {
    for (const { values, outcome } of creates) expect(values.Description === null).toBe(outcome === 'refused');
  });
});

describe('the integration for them', () => {
  it('names what both sides have, and maps what is required', () => {
    const mapped = SAMPLE_INTEGRATION.fieldMappings.map(({ zenqmsFieldId }) =>
      category.fields.find(({ id }) => id === zenqmsFieldId),
    );
    expect(mapped).not.toContain(undefined);
    expect(new Set(mapped).size).toBe(mapped.length);
    for (const field of category.fields) if (field.required) expect(mapped).toContain(field);
    for (const { salesforceField } of SAMPLE_INTEGRATION.fieldMappings)
      if (!salesforceField.includes('.')) expect(caseFields.has(salesforceField), salesforceField).toBe(true);
    expect(caseFields.has(SAMPLE_INTEGRATION.dueDate.field)).toBe(true);
    expect(seedUsers().find(({ id }) => id === SAMPLE_INTEGRATION.assigneeId)?.is_active).toBe(true);
  });

  it('has options for every priority and hazard of the samples', () => {
    const optionsOf = (id: string) => category.fields.find((field) => field.id === id)!;
    for (const { values } of samples.steps) {
      if (values.Priority) expect(fieldProblem(optionsOf('fld_complaint_priority'), String(values.Priority), [])).toBeNull();
      const hazards = values.Hazards__c ? String(values.Hazards__c).replaceAll(';', '; ') : null;
      if (hazards) expect(fieldProblem(optionsOf('fld_complaint_hazards'), hazards, [])).toBeNull();
    }
  });
});
