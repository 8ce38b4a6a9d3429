// The tables made ready for walking: fields and components in order, each with its type.
import { dataTypes, isComposite } from '../tables/data-types.ts';
import { controlSegments } from '../tables/segments-control.ts';
import { orderSegments } from '../tables/segments-order.ts';
import { patientSegments } from '../tables/segments-patient.ts';
import { specimenSegments } from '../tables/segments-specimen.ts';

export interface ComponentPlan {
  readonly name: string;
  readonly type: string;
  /** Of a composite type. */
  readonly parts: readonly ComponentPlan[] | undefined;
  /** Numbers, dates, codes: further components of a careless sender are not part of the value. */
  readonly isSingle: boolean;
  /** Line breaks are written `\.br\`. */
  readonly isFormatted: boolean;
}

export interface FieldPlan extends ComponentPlan {
  readonly number: number;
  readonly isRequired: boolean;
  readonly isRepeating: boolean;
  /** OBX-5: the type stands in OBX-2. */
  readonly isByValueType: boolean;
}

const singles: ReadonlySet<string> = new Set(['ID', 'IS', 'SI', 'NM', 'DT', 'TM', 'TS', 'DTM']);
const plansOfTypes = new Map<string, readonly ComponentPlan[]>();

/** Plan of a type standing alone, as in OBX-5. */
export function planOfType(type: string, name = ''): ComponentPlan {
  return {
    name,
    type,
    parts: isComposite(type) ? partsOf(type) : undefined,
    isSingle: singles.has(type),
    isFormatted: type === 'FT' || type === 'TX',
  };
}

function partsOf(type: keyof typeof dataTypes): readonly ComponentPlan[] {
  const known = plansOfTypes.get(type);
  if (known !== undefined) return known;
  const parts = Object.entries(dataTypes[type]).map(([name, part]) => planOfType(part, name));
  plansOfTypes.set(type, parts);
  return parts;
}

const tables = { ...controlSegments, ...patientSegments, ...orderSegments, ...specimenSegments };

export const segmentPlans: ReadonlyMap<string, readonly FieldPlan[]> = new Map(
  Object.entries(tables).map(([segment, fields]) => [
    segment,
    Object.entries(fields).map(([name, written], index) => {
      const type = written.replace(/[!*]+$/, '');
      return {
        ...planOfType(type, name),
        number: index + 1,
        isRequired: written.includes('!'),
        isRepeating: written.endsWith('*'),
        isByValueType: type === 'VALUE',
      };
    }),
  ]),
);
