/** Math functions. Roots, logarithms and angles are computed in double precision, as Salesforce does. */
import { fail } from '../errors.ts';
import { compare, decimal, double, formatNumber, fromDouble, negate, remainder, round, wholeTowards } from '../number.ts';
import type { Numeric } from '../number.ts';
import { broken, report, wrongType } from '../scope.ts';
import type { LocationValue } from '../types.ts';
import type { Value } from '../value.ts';
import { accepts, computed, plain } from './spec.ts';
import type { Spec } from './spec.ts';

function unary(name: string, description: string, run: (value: Numeric) => Numeric, fails = false): Spec {
  return plain({
    name,
    category: 'math',
    signature: `${name}(number)`,
    description,
    params: ['number'],
    returns: 'number',
    fails,
    run: (value: Numeric | null) => (value === null ? null : run(value)),
  });
}

function inDouble(name: string, description: string, run: (value: number) => number, fails: boolean): Spec {
  return unary(name, description, (value) => fromDouble(run(double(value)), name), fails);
}

function binary(
  name: string,
  signature: string,
  description: string,
  run: (a: Numeric, b: Numeric) => Numeric,
  fails = false,
): Spec {
  return plain({
    name,
    category: 'math',
    signature,
    description,
    params: ['number', 'number'],
    returns: 'number',
    fails,
    run: (a: Numeric | null, b: Numeric | null) => (a === null || b === null ? null : run(a, b)),
  });
}

/** The largest or smallest; one blank argument makes the result blank. */
function extreme(name: string, description: string, sign: 1 | -1): Spec {
  return {
    name,
    category: 'math',
    signature: `${name}(number, number, …)`,
    description,
    least: 1,
    most: 255,
    build: (call, args, scope) => {
      const bad = args.find((arg) => !accepts('number', arg.type));
      if (bad !== undefined) return wrongType(scope, bad, 'a number', name);
      return computed(call, args, 'number', (...values) => {
        let best: Numeric | null = null;
        for (const value of values as (Numeric | null)[]) {
          if (value === null) return null;
          if (best === null || compare(value, best) * sign > 0) best = value;
        }
        return best;
      });
    },
  };
}

const RADIUS = new Map<unknown, number>([
  ['mi', 3958.761],
  ['km', 6371.009],
]);

/** The way over a sphere, in a straight line between points on it and then bent back. */
function distance(a: LocationValue, b: LocationValue, radius: number): number {
  const xyz = ({ latitude, longitude }: LocationValue) => {
    const [lat, lon] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
    return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)] as const;
  };
  const [p, q] = [xyz(a), xyz(b)];
  return 2 * radius * Math.asin(Math.min(1, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) / 2));
}

const distanceSpec: Spec = {
  name: 'DISTANCE',
  category: 'math',
  signature: "DISTANCE(location, location, 'mi' or 'km')",
  description: 'The distance between two geolocations in miles or kilometres.',
  least: 3,
  most: 3,
  build: (call, args, scope) => {
    const [from, to, unit] = args as [(typeof args)[0], (typeof args)[0], (typeof args)[0]];
    for (const place of [from, to]) {
      if (place.type !== 'location') return wrongType(scope, place, 'a geolocation', 'DISTANCE');
    }
    if (unit.type !== 'text') return wrongType(scope, unit, "'mi' or 'km'", 'DISTANCE');
    if (unit.node.kind === 'text' && !RADIUS.has(unit.node.value)) {
      report(scope, 'formula_type', "DISTANCE measures in 'mi' or 'km'.", unit.node);
      return broken(call);
    }
    const run = (a: Value, b: Value, name: Value): Value => {
      const radius = RADIUS.get(name);
      if (radius === undefined) fail('invalid_argument', "DISTANCE measures in 'mi' or 'km'.");
      return a === null || b === null ? null : fromDouble(distance(a as LocationValue, b as LocationValue, radius), 'DISTANCE');
    };
    return computed(call, args, 'number', run as never, true);
  },
};

export const mathFunctions: Spec[] = [
  unary('ABS', 'The number without its sign.', (value) => (compare(value, 0) < 0 ? negate(value) : value)),
  inDouble('ACOS', 'The arc cosine, in radians.', Math.acos, true),
  inDouble('ASIN', 'The arc sine, in radians.', Math.asin, true),
  inDouble('ATAN', 'The arc tangent, in radians.', Math.atan, false),
  plain({
    name: 'ATAN2',
    category: 'math',
    signature: 'ATAN2(y, x)',
    description: 'The angle of the point (x, y), in radians.',
    params: ['number', 'number'],
    returns: 'number',
    fails: true,
    run: (y: Numeric | null, x: Numeric | null) => {
      if (y === null || x === null) fail('invalid_argument', 'ATAN2 needs two numbers; one is blank.');
      return fromDouble(Math.atan2(double(y), double(x)), 'ATAN2');
    },
  }),
  unary('CEILING', 'Rounds to a whole number away from zero.', (value) => wholeTowards(value, 'away')),
  inDouble('COS', 'The cosine of an angle in radians.', Math.cos, false),
  distanceSpec,
  inDouble('EXP', 'e to the power of the number.', Math.exp, true),
  unary('FLOOR', 'Rounds to a whole number towards zero.', (value) => wholeTowards(value, 'zero')),
  plain({
    name: 'GEOLOCATION',
    category: 'math',
    signature: 'GEOLOCATION(latitude, longitude)',
    description: 'A geolocation, for DISTANCE.',
    params: ['number', 'number'],
    returns: 'location',
    fails: true,
    run: (latitude: Numeric | null, longitude: Numeric | null) => {
      if (latitude === null && longitude === null) return null;
      if (latitude === null || longitude === null) fail('invalid_argument', 'GEOLOCATION: latitude or longitude is blank.');
      const [lat, lon] = [double(latitude), double(longitude)];
      if (Math.abs(lat) > 90 || Math.abs(lon) > 180)
        fail('invalid_argument', `GEOLOCATION: ${formatNumber(latitude)}, ${formatNumber(longitude)} is no place.`);
      return { kind: 'location', latitude: lat, longitude: lon };
    },
  }),
  inDouble('LN', 'The natural logarithm.', Math.log, true),
  inDouble('LOG', 'The logarithm to base 10.', (value) => Math.log(value) / Math.log(10), true),
  extreme('MAX', 'The largest of the numbers.', 1),
  unary('MCEILING', 'Rounds up to a whole number.', (value) => wholeTowards(value, 'up')),
  unary('MFLOOR', 'Rounds down to a whole number.', (value) => wholeTowards(value, 'down')),
  extreme('MIN', 'The smallest of the numbers.', -1),
  binary('MOD', 'MOD(number, divisor)', 'The remainder of a division, with the sign of the number.', remainder, true),
  plain({
    name: 'PI',
    category: 'math',
    signature: 'PI()',
    description: 'The number π, 3.14159265358979323846.',
    params: [],
    returns: 'number',
    run: () => decimal(0).plus('3.14159265358979323846'),
  }),
  {
    name: 'PICKLISTCOUNT',
    category: 'math',
    signature: 'PICKLISTCOUNT(multiselect_picklist_field)',
    description: 'How many values are selected.',
    least: 1,
    most: 1,
    build: (call, args, scope) => {
      const [arg] = args as [(typeof args)[0]];
      if (arg.type !== 'multipicklist') return wrongType(scope, arg, 'a multi-select picklist field', 'PICKLISTCOUNT');
      return computed(call, args, 'number', (value) =>
        value === null ? 0 : (value as string).split(';').filter((part) => part.trim() !== '').length,
      );
    },
  },
  binary('ROUND', 'ROUND(number, num_digits)', 'Rounds to so many decimals, half away from zero.', (a, b) => round(a, b)),
  inDouble('SIN', 'The sine of an angle in radians.', Math.sin, false),
  inDouble('SQRT', 'The square root.', Math.sqrt, true),
  inDouble('TAN', 'The tangent of an angle in radians.', Math.tan, false),
  binary('TRUNC', 'TRUNC(number, num_digits)', 'Cuts off after so many decimals.', (a, b) => round(a, b, true)),
];
