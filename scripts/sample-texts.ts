/** What customers of a medical-device maker complain about. */

export interface Product {
  /** A value of the Case's Product__c. */
  readonly name: string;
  readonly lotPrefix: string;
  readonly unitPrice: number;
  readonly troubles: readonly Trouble[];
}

export interface Trouble {
  readonly subject: string;
  readonly text: string;
  /** Values of the Case's Hazards__c. */
  readonly hazards: readonly string[];
  readonly serious: boolean;
}

const trouble = (subject: string, text: string, hazards: readonly string[] = [], serious = false): Trouble => ({
  subject,
  text,
  hazards,
  serious,
});

export const PRODUCTS: readonly Product[] = [
  {
    name: 'Infusion pump',
    lotPrefix: 'IP',
    unitPrice: 2350,
    troubles: [
      trouble(
        'stops during infusion',
        'The pump stopped after {n} minutes with the alarm “occlusion”, though the line was free.',
        ['Other'],
        true,
      ),
      trouble(
        'delivers too fast',
        'The set rate was 20 ml/h; the bag was empty after {n} minutes. Delivered rate > set rate.',
        ['Other'],
        true,
      ),
      trouble('battery does not hold', 'On battery the pump runs for {n} minutes instead of four hours.'),
      trouble('door latch broken', 'The latch of the door broke off while a set was inserted.', ['Cut']),
    ],
  },
  {
    name: 'Patient monitor',
    lotPrefix: 'PM',
    unitPrice: 4100,
    troubles: [
      trouble(
        'shows SpO₂ of 0 %',
        'SpO₂ reads 0 % for up to {n} seconds & recovers by itself. Sensor and cable were exchanged.',
        [],
        true,
      ),
      trouble('alarm is not audible', 'The high-priority alarm is shown but not heard; volume was at maximum.', ['Other'], true),
      trouble('screen flickers', 'The screen flickers for {n} seconds after a change of the power source.'),
      trouble('ECG cable gets warm', 'The connector of the ECG cable was hot to the touch after {n} minutes.', ['Burn'], true),
    ],
  },
  {
    name: 'Surgical stapler',
    lotPrefix: 'SS',
    unitPrice: 310,
    troubles: [
      trouble(
        'misfires',
        'Of the staples {n} were not formed; the surgeon closed by hand. The operation took longer.',
        ['Cut', 'Infection'],
        true,
      ),
      trouble(
        'package seal open',
        'The sterile barrier was open on one side in {n} packages of the carton.',
        ['Infection'],
        true,
      ),
      trouble('trigger stuck', 'The trigger could be pulled only with both hands.'),
    ],
  },
  {
    name: 'Glucose meter',
    lotPrefix: 'GM',
    unitPrice: 45,
    troubles: [
      trouble(
        'reads too low',
        'Control solution of 120 mg/dl reads {n} mg/dl in three measurements one after the other.',
        [],
        true,
      ),
      trouble('error E-3 with every strip', 'Each strip of the vial gives E-3; another vial of the same lot as well.'),
      trouble('does not switch on', 'No display even with new batteries.'),
    ],
  },
  {
    name: 'Ventilator',
    lotPrefix: 'VE',
    unitPrice: 18900,
    troubles: [
      trouble(
        'alarm “low pressure” without a cause',
        'The alarm came {n} times in a night; no leak was found at the circuit.',
        [],
        true,
      ),
      trouble(
        'restarts by itself',
        'The device restarted during ventilation and was back after {n} seconds. The patient was bagged meanwhile.',
        ['Other'],
        true,
      ),
      trouble('fan is loud', 'Since the last service the fan is loud; measured {n} dB at one metre.'),
      trouble(
        'tingling at the housing',
        'A nurse felt a tingling when touching the housing and the bed rail together.',
        ['Shock'],
        true,
      ),
    ],
  },
  {
    name: 'Catheter kit',
    lotPrefix: 'CK',
    unitPrice: 28,
    troubles: [
      trouble('guide wire kinked', 'In {n} kits the guide wire was kinked when the pouch was opened.'),
      trouble('drape missing', 'The sterile drape that the label names is missing in {n} kits.', ['Infection']),
      trouble('needle blunt', 'Puncture only at the third attempt; the tip of the needle looks bent.', ['Cut']),
    ],
  },
];

export const QUESTIONS: readonly {
  readonly subject: string;
  readonly text: string;
  readonly type: 'Question' | 'Feature Request';
}[] = [
  {
    type: 'Question',
    subject: 'When is the next maintenance due?',
    text: 'We would like to know the interval for the maintenance of our devices.',
  },
  {
    type: 'Question',
    subject: 'Which disinfectants may be used?',
    text: 'Is wiping with 70 % isopropanol allowed for the housing?',
  },
  {
    type: 'Question',
    subject: 'Copy of the declaration of conformity',
    text: 'Please send us the current declaration of conformity.',
  },
  {
    type: 'Feature Request',
    subject: 'Night mode for the display',
    text: 'The display is too bright at night; a night mode would help.',
  },
];

export const CUSTOMERS: readonly {
  readonly name: string;
  readonly industry: string;
  readonly city: string;
  readonly country: string;
}[] = [
  { name: 'St. Anna Klinikum', industry: 'Hospital', city: 'Würzburg', country: 'Germany' },
  { name: 'Harbour View Hospital', industry: 'Hospital', city: 'Portsmouth', country: 'United Kingdom' },
  { name: 'Clínica del Río', industry: 'Clinic', city: 'Zaragoza', country: 'Spain' },
  { name: 'Hôpital de la Côte', industry: 'Hospital', city: 'Brest', country: 'France' },
  { name: 'Lakeside Medical Center', industry: 'Hospital', city: 'Madison', country: 'United States' },
  { name: 'Ørestad Sygehus', industry: 'Hospital', city: 'København', country: 'Denmark' },
  { name: 'Prairie Dialysis Group', industry: 'Clinic', city: 'Omaha', country: 'United States' },
  { name: 'MedSupply “North” GmbH & Co. KG', industry: 'Distributor', city: 'Kiel', country: 'Germany' },
  { name: 'Szpital Zielona Góra', industry: 'Hospital', city: 'Zielona Góra', country: 'Poland' },
  { name: '聖光診療所', industry: 'Clinic', city: '横浜市', country: 'Japan' },
];
