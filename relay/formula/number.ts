/**
 * Exact decimal numbers, 39 significant digits, half up: Salesforce's BigDecimal context.
 * Most numbers are short: a whole number that a double holds exactly stays a JavaScript number, a short decimal is a Small;
 * every operation leaves these forms as soon as it would lose a digit.
 */
import { Decimal as Base } from 'decimal.js';
import type { Decimal } from 'decimal.js';
import { fail } from './errors.ts';
import {
  addShort,
  compareQuotient,
  compareShort,
  doubleOf,
  multiplyShort,
  Quotient,
  remainderShort,
  roundShort,
  short,
  shortFrom,
  Small,
  textOfSmall,
} from './small.ts';

export const Exact = Base.clone({ precision: 39, rounding: Base.ROUND_HALF_UP, toExpNeg: -9e15, toExpPos: 9e15 });
const Power = Base.clone({ precision: 18, rounding: Base.ROUND_HALF_UP });
const Wide = Base.clone({ precision: 1000, rounding: Base.ROUND_HALF_UP });

export type Numeric = number | Small | Quotient | Decimal;

const SAFE = Number.MAX_SAFE_INTEGER;

/** Gives the small form where it is exact. */
export function normal(value: Decimal): Numeric {
  if (value.isInteger() && value.abs().lte(SAFE)) {
    const small = value.toNumber();
    return small === 0 ? 0 : small;
  }
  return value;
}

export function decimal(value: Numeric): Decimal {
  if (typeof value === 'number') return new Exact(value);
  if (value instanceof Small) return new Exact(`${value.digits}e-${value.places}`);
  if (value instanceof Quotient) return (value.exact ??= decimal(value.dividend).div(decimal(value.divisor)));
  return value;
}

function isShort(value: Numeric): value is number | Small {
  return typeof value === 'number' || value instanceof Small;
}

export function double(value: Numeric): number {
  if (typeof value === 'number') return value;
  return value instanceof Small ? doubleOf(value) : decimal(value).toNumber();
}

/** From a literal or a REST value in decimal notation; rounds to 39 digits. */
export function parseNumber(text: string): Numeric {
  const quick = shortFrom(text);
  if (quick !== undefined) return quick;
  return normal(new Exact(text).toSignificantDigits(39));
}

/** From a double as computed by a library function; Java reads it through its shortest decimal text, and so does this. */
export function fromDouble(value: number, what: string): Numeric {
  if (!Number.isFinite(value)) fail('invalid_argument', `${what} has no result for this number.`);
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  return shortFrom(String(value)) ?? new Exact(value);
}

export function add(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= SAFE && sum >= -SAFE) return sum;
  } else if (isShort(a) && isShort(b)) {
    const sum = addShort(a, b, 1);
    if (sum !== undefined) return sum;
  }
  return normal(decimal(a).plus(decimal(b)));
}

export function subtract(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (difference <= SAFE && difference >= -SAFE) return difference;
  } else if (isShort(a) && isShort(b)) {
    const difference = addShort(a, b, -1);
    if (difference !== undefined) return difference;
  }
  return normal(decimal(a).minus(decimal(b)));
}

export function multiply(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (product <= SAFE && product >= -SAFE) return product === 0 ? 0 : product;
  } else if (isShort(a) && isShort(b)) {
    const product = multiplyShort(a, b);
    if (product !== undefined) return product;
  }
  return normal(decimal(a).times(decimal(b)));
}

export function divide(a: Numeric, b: Numeric): Numeric {
  if (isZero(b)) fail('division_by_zero', 'Division by zero.');
  if (typeof a === 'number' && typeof b === 'number') {
    const quotient = a / b;
    if (Number.isInteger(quotient) && quotient * b === a) return quotient === 0 ? 0 : quotient;
  }
  if (isShort(a) && isShort(b) && !isZero(a)) return new Quotient(a, b);
  return normal(decimal(a).div(decimal(b)));
}

/** The remainder, with the sign of the dividend. */
export function remainder(a: Numeric, b: Numeric): Numeric {
  if (isZero(b)) fail('division_by_zero', 'MOD by zero.');
  if (typeof a === 'number' && typeof b === 'number') {
    const rest = a % b;
    return rest === 0 ? 0 : rest;
  }
  if (isShort(a) && isShort(b)) {
    const rest = remainderShort(a, b);
    if (rest !== undefined) return rest;
  }
  return normal(new Wide(decimal(a)).mod(decimal(b)).toSignificantDigits(39));
}

export function negate(a: Numeric): Numeric {
  if (typeof a === 'number') return a === 0 ? 0 : -a;
  return a instanceof Small ? new Small(-a.digits, a.places) : decimal(a).neg();
}

/** Less than 0, 0 or more than 0. */
export function compare(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (isShort(a) && isShort(b)) {
    const order = compareShort(a, b);
    if (order !== undefined) return order;
  } else if (a instanceof Quotient && isShort(b)) {
    const order = compareQuotient(a, b);
    if (order !== undefined) return order;
  } else if (b instanceof Quotient && isShort(a)) {
    const order = compareQuotient(b, a);
    if (order !== undefined) return -order;
  }
  return decimal(a).cmp(decimal(b));
}

export function same(a: Numeric, b: Numeric): boolean {
  return typeof a === 'number' && typeof b === 'number' ? a === b : compare(a, b) === 0;
}

export function isZero(a: Numeric): boolean {
  return typeof a === 'number' ? a === 0 : !(a instanceof Small) && decimal(a).isZero();
}

/** Towards zero, as Java's intValue; held within what positions and counts can use. */
export function toInteger(a: Numeric): number {
  const whole = a instanceof Small ? (roundShort(a, 0, 'zero') as number) : Math.trunc(double(a));
  return whole > 2147483647 ? 2147483647 : whole < -2147483648 ? -2147483648 : whole;
}

/** Never in exponent notation, no trailing zeros. */
export function formatNumber(a: Numeric): string {
  if (typeof a === 'number') return String(a);
  return a instanceof Small ? textOfSmall(a) : decimal(a).toFixed();
}

/** Whole exponents only; 18 significant digits, as Salesforce's POWER. */
export function power(base: Numeric, exponent: Numeric): Numeric {
  const out = 'Out of range argument to the power operator: the exponent must be a whole number and the result below 10^64.';
  const n = double(exponent);
  if (!Number.isInteger(n) || Math.abs(n) > 999999999) fail('number_too_large', out);
  if (Math.log10(Math.abs(double(base))) * n > 64) fail('number_too_large', out);
  if (n === 0) return 1;
  if (isZero(base)) return n < 0 ? fail('division_by_zero', 'Zero to a negative power.') : 0;
  const Work = Base.clone({ precision: 18 + String(Math.abs(n)).length + 1, rounding: Base.ROUND_HALF_UP });
  const factor = decimal(base);
  let result = new Work(1);
  for (const bit of Math.abs(n).toString(2)) {
    result = result.times(result);
    if (bit === '1') result = result.times(factor);
  }
  if (n < 0) result = new Work(1).div(result);
  const rounded = new Power(result).toSignificantDigits(18);
  if (rounded.abs().lt('1e-39')) return 0;
  return normal(new Exact(rounded));
}

/** To a number of decimals (negative: before the point), half away from zero, or towards zero. */
export function round(a: Numeric, scale: Numeric, towardsZero = false): Numeric {
  const places = toInteger(scale);
  const mode = towardsZero ? Base.ROUND_DOWN : Base.ROUND_HALF_UP;
  if (typeof a === 'number' && places >= 0) return a;
  if (a instanceof Small && places >= 0) return places >= a.places ? a : roundShort(a, places, towardsZero ? 'zero' : 'half');
  const value = decimal(a);
  const size = value.abs();
  if (size.lt(1)) {
    // Salesforce adds one first, so that digits after the point can be counted as significant ones.
    if (places + 1 <= 0) return 0;
    const rounded = size
      .plus(1)
      .toSignificantDigits(Math.min(places + 1, 1e6), mode)
      .minus(1);
    return normal(value.isNegative() ? rounded.neg() : rounded);
  }
  // Fewer than one digit left gives 0, even for ROUND(55, -2): so it does there.
  const digits = value.e + 1 + places;
  return digits <= 0 ? 0 : normal(value.toSignificantDigits(Math.min(digits, 1e6), mode));
}

/** To a whole number in one direction, after a rounding to 33 digits that forgives 0.999…9 (33 nines). */
export function wholeTowards(a: Numeric, direction: 'up' | 'down' | 'away' | 'zero'): Numeric {
  if (typeof a === 'number') return a;
  if (a instanceof Small) return roundShort(a, 0, direction);
  const lift = direction === 'up' || direction === 'away';
  const value = decimal(a).toSignificantDigits(33, lift ? Base.ROUND_HALF_DOWN : Base.ROUND_HALF_UP);
  const mode = { up: Base.ROUND_CEIL, down: Base.ROUND_FLOOR, away: Base.ROUND_UP, zero: Base.ROUND_DOWN }[direction];
  return normal(value.toDecimalPlaces(0, mode));
}

/** A percentage as REST gives it, 25, is 0.25 to a formula. */
export function hundredth(a: Numeric): Numeric {
  if (typeof a === 'number') return short(a, 2);
  return multiply(a, new Small(1, 2));
}
