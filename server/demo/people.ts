// The people of a demo day, made up. The same seed makes the same people.
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';

export interface Person {
  readonly name: string;
  readonly sex: 'male' | 'female' | 'other';
  readonly age: { readonly years?: number; readonly months?: number; readonly days?: number };
  readonly mobile: string;
  readonly referredBy: string | null;
  readonly items: readonly string[];
  readonly priority: 'routine' | 'urgent' | 'stat';
}

export function pick<T>(random: Seeded, from: readonly T[]): T {
  const chosen = from[Math.floor(random.next() * from.length)];
  if (chosen === undefined) throw new Error('Nothing to pick from');
  return chosen;
}

const MALE = [
  'Rahul Joshi',
  'Suresh Patil',
  'Mohammed Ansari',
  'Vikram Singh',
  'अनिरुद्ध क्षत्रिय',
  'Joseph Fernandes',
  'Karthik Subramanian',
  'Gurpreet Singh',
];
const FEMALE = [
  'Anita Deshpande',
  'Lakshmi Iyer',
  'Fatima Khan',
  'सुनीता कुलकर्णी',
  'Mary D’Souza',
  'Pooja Sharma',
  'Kavita Reddy',
  'Nandini Bose',
];
const DOCTORS = ['Dr. A. Mehta', 'Dr. S. Kamat', 'Dr. Rekha Pillai'];
/** What people commonly come with; codes of the starter catalogue. */
const ASKED: readonly (readonly string[])[] = [
  ['CBC'],
  ['CBC', 'LFT'],
  ['LIPID', 'GLU'],
  ['KFT', 'CBC'],
  ['TSH'],
  ['CBC', 'KFT', 'LFT', 'LIPID'],
  ['GLU', 'HBA1C'],
];

export function makePerson(random: Seeded, number: number): Person {
  const sex = random.next() < 0.5 ? 'female' : 'male';
  const isInfant = random.next() < 0.05;
  const urgency = random.next();
  return {
    name: `${pick(random, sex === 'female' ? FEMALE : MALE)}${number > 15 ? ` ${String.fromCharCode(65 + (number % 26))}` : ''}`,
    sex,
    age: isInfant ? { months: 1 + Math.floor(random.next() * 11) } : { years: 2 + Math.floor(random.next() * 80) },
    mobile: `9${String(Math.floor(random.next() * 1e9)).padStart(9, '0')}`,
    referredBy: random.next() < 0.7 ? pick(random, DOCTORS) : null,
    items: pick(random, ASKED),
    priority: urgency < 0.1 ? 'stat' : urgency < 0.25 ? 'urgent' : 'routine',
  };
}
