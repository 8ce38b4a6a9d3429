// How a name sounds, so that one person is found however the name was spelled, in Latin letters or an Indian script.
// A key keeps consonants and the vowels that tell names apart. What Indian spellings leave open is one in it: length of
// vowels (ee/i, oo/u, aa/a), any "a" after the first letter (Dinkar, Dinakar; Krishna, Krishn), aspiration (t/th, d/dh), s/sh,
// v/w, f/ph, x/ksh, y/i, z/j, double letters. It is for finding and for questions, never for deciding that two are one.
// Limits: scripts of Urdu have no vowels and Tamil no voiced consonants, so names written in them are found by their letters.
import sanscript from '@indic-transliteration/sanscript';

import { nameWords } from './patient-name.ts';

/** Put after or onto a name out of respect: said or left out as the moment has it. */
const RESPECT = new Set(['bhai', 'ben', 'behn', 'bai', 'ji', 'kumar', 'kumari', 'saheb']);
const RESPECT_ENDING = /(?<=^.{3,})(?:bhai|behn|ben|ji|jee|kumari|kumara?)$/;

type Rule = readonly [spelling: RegExp, sound: string];

/** Names whose spellings no rule brings together. Tried on the Latin letters as written. */
const VARIANTS: readonly Rule[] = [
  [/^(?:m[ou]h[ao]?m+[aeo]?d|mah[ao]m+[aeo]d|m[ou]?h?d)a?$/, 'mhmd'],
  [/^ah+a?m+[aeu]d$/, 'ahmd'],
  [/^h[ou]s+[ae][iy]+n$/, 'husen'],
  [/^sa?[iy]{1,2}[aei]d$/, 'syed'],
  [/^sh?[ae][iy]?kh?$/, 'sek'],
  [/^beg[aou]m$/, 'begm'],
  [/^ch[ao][uw]?dh?[aou]?r(?:[iy]|ee)$/, 'codri'],
  [/^subra[h]?man[iy]{1,2}[ae]?[nm]$/, 'subrmn'],
  [/^(?:aiy|ayy|iy)[ae]r$/, 'ier'],
];

/** In order: each works on what the one before has left. */
const RULES: readonly Rule[] = [
  [/sinh$/, 'sing'],
  [/dny|gny|jn/g, 'gy'],
  [/x|ksh/g, 'ks'],
  [/ck|q/g, 'k'],
  [/tch|chh|ch/g, 'C'],
  [/c(?=[eiy])/g, 's'],
  [/c/g, 'k'],
  [/ph/g, 'f'],
  [/zh/g, 'l'],
  [/([bdgjklrst])h/g, '$1'],
  [/z/g, 'j'],
  [/^you/, 'yu'],
  [/[ao]w(?![aeiouy])/g, 'o'],
  [/w/g, 'v'],
  [/ee+/g, 'i'],
  [/oo+/g, 'u'],
  [/(.)\1+/g, '$1'],
  [/[ao]u/g, 'o'],
  // Vocalic r, as in Krishna and Krushna, Amrita and Amruta.
  [/(?<=^|[^aeiou])ru(?=[^aeiou])/g, 'ri'],
  [/^hr/, 'r'],
  [/(?<=.)y/g, 'i'],
  [/[ae]i|ae/g, 'e'],
  [/ie$/, 'i'],
  [/n(?=[bpm])/g, 'm'],
  [/h(?![aeiou])/g, ''],
  [/(?<=.)a/g, ''],
  // Vowels that met when an "a" between them went: Priya, Pria.
  [/([eiou])\1+/g, '$1'],
];

/** The sounds of Indian scripts in Latin letters, as a clerk would write them. */
const IAST: readonly Rule[] = [
  [/siṃha$/, 'singh'],
  [/ṃ(?=[pbm]|$)/g, 'm'],
  [/ṃ|m̐/g, 'n'],
  [/ḥ/g, ''],
  [/ṛ|ṝ/g, 'ri'],
  [/jñ/g, 'gy'],
  [/ch/g, 'chh'],
  [/c(?!h)/g, 'ch'],
  [/ś|ṣ/g, 'sh'],
];

interface Transliterator {
  t(text: string, from: string, to: string): string;
}

// The types of the package declare its functions without exporting them.
function isTransliterator(library: unknown): library is Transliterator {
  return typeof library === 'object' && library !== null && 't' in library && typeof library.t === 'function';
}

function toIast(devanagari: string): string {
  const library: unknown = sanscript;
  if (!isTransliterator(library)) throw new Error('@indic-transliteration/sanscript has no function t');
  return library.t(devanagari, 'devanagari', 'iast').normalize('NFC');
}

function applyRules(text: string, rules: readonly Rule[]): string {
  return rules.reduce((left, [spelling, sound]) => left.replace(spelling, sound), text);
}

/**
 * Letters of any Indian script as Devanagari. Src: Unicode chapter 12: the blocks from Bengali to Malayalam follow the order
 * of Devanagari, 128 code points each, but for the few named here.
 */
function toDevanagari(word: string): string {
  const named = new Map([
    ['\u09ce', '\u0924\u094d'], // Bengali khanda ta
    ['\u09f0', '\u0930'], // Assamese ra
    ['\u09f1', '\u0935'], // Assamese va
    ['\u0a70', '\u0902'], // Gurmukhi tippi, a nasal
    ['\u0a71', ''], // Gurmukhi addak, doubles what follows
    ['\u0d7a', '\u0923\u094d'], // Malayalam chillus: consonants without a vowel
    ['\u0d7b', '\u0928\u094d'],
    ['\u0d7c', '\u0930\u094d'],
    ['\u0d7d', '\u0932\u094d'],
    ['\u0d7e', '\u0933\u094d'],
  ]);
  return word
    .normalize('NFD')
    .replace(
      /[\u0980-\u0d7f]/g,
      (letter) => named.get(letter) ?? String.fromCodePoint(0x0900 + (letter.charCodeAt(0) & 0x7f)),
    )
    .normalize('NFD')
    .replace(/[\u0921\u0922]\u093c/g, '\u0930') // Flapped r: Chopra
    .replace(/\u093c/g, '')
    .replace(/[\u0949\u094a]/g, '\u094b') // The o of loan words, and short o
    .replace(/[\u0911\u0912]/g, '\u0913')
    .replace(/[\u0945\u0946]/g, '\u0947') // Their e
    .replace(/[\u090d\u090e]/g, '\u090f');
}

/** The word in letters a to z; empty when it is of a script not known here. */
export function toLatin(word: string): string {
  const written = /[\u0900-\u0d7f]/.test(word) ? applyRules(toIast(toDevanagari(word)), IAST) : word;
  return written
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}

function keyOf(latin: string): string {
  const variant = VARIANTS.find(([spelling]) => spelling.test(latin));
  return variant ? variant[1] : applyRules(latin, RULES).toLowerCase();
}

/** The word without what respect put onto it; as it is when too little would be left. */
function withoutRespect(latin: string): string {
  return latin.replace(RESPECT_ENDING, '');
}

/** How one word sounds; the word itself when its script is not known here. */
export function wordSound(word: string): string {
  return keyOf(withoutRespect(toLatin(word))) || word;
}

/** The words that name the person, without those said out of respect, unless nothing else is there. */
function namingWords(name: string): readonly string[] {
  const words = nameWords(name);
  const naming = words.filter((word) => !RESPECT.has(toLatin(word).replace(/a$/, '')) && !RESPECT.has(toLatin(word)));
  return naming.length > 0 ? naming : words;
}

/** As if written in one: Vijaya Lakshmi, Vijayalakshmi. */
function joined(keys: readonly string[]): string {
  const [first = '', ...rest] = keys;
  return first + rest.map((key) => (key.length > 1 && key.startsWith('a') ? key.slice(1) : key)).join('');
}

/** Two names of equal sound may be one name spelled twice. */
export function nameSound(name: string): string {
  return joined(wordSounds(name));
}

/** How each naming word sounds, in order. */
export function wordSounds(name: string): readonly string[] {
  return namingWords(name).map(wordSound);
}

/** Every sound a name may be looked for by, each once: words, neighbours written in one, and the whole. */
export function findableSounds(name: string): readonly string[] {
  const words = nameWords(name);
  const keys = words.map(wordSound);
  const plain = words.map((word) => keyOf(toLatin(word)) || word);
  const pairs = keys.slice(1).map((key, index) => joined([keys[index] ?? '', key]));
  return [...new Set([...keys, ...plain, ...pairs, nameSound(name)])].filter((key) => key !== '');
}
