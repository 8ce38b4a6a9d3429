// The terms a name is kept under, and the terms a typed text asks for. A search over row-level security can only compare
// whole terms or their beginnings, so what is to be found quickly has to be a term of its own: each word, each sound, and
// each two of them in both orders, for two common words (Ramesh, Patil) are each on too many names to be intersected.
import { findableSounds, nameSound, wordSounds } from './name-sound.ts';
import { nameWords } from './patient-name.ts';

/** More words than a name has make no difference. */
const MOST_WORDS = 6;
/** A shorter sound begins too many names to be taken for a beginning. */
const SHORTEST_BEGINNING = 3;

export interface Term {
  readonly text: string;
  /** Whatever begins like it will do. */
  readonly isBeginning: boolean;
}

type Mark = { readonly one: string; readonly two: string };
const WORD: Mark = { one: '=', two: '+' };
const SOUND: Mark = { one: '~', two: '*' };

function inPairs(parts: readonly string[], { two }: Mark): readonly string[] {
  return parts.flatMap((a) => parts.filter((b) => b !== a).map((b) => `${two}${a} ${b}`));
}

const few = (parts: readonly string[]): readonly string[] => [...new Set(parts)].slice(0, MOST_WORDS);

/** Everything the name is kept under, each once. */
export function nameTerms(name: string): readonly string[] {
  const words = few(nameWords(name));
  return [
    ...new Set([
      ...words.map((word) => WORD.one + word),
      ...inPairs(words, WORD),
      ...findableSounds(name).map((sound) => SOUND.one + sound),
      ...inPairs(few(wordSounds(name)), SOUND),
    ]),
  ];
}

/** All the parts; of the last one a beginning will do where asked for. */
function ask(parts: readonly string[], mark: Mark, isLastBeginning: boolean): readonly Term[] {
  const [first = ''] = parts;
  const last = parts.length - 1;
  if (last < 1) return [{ text: mark.one + first, isBeginning: isLastBeginning }];
  // Neighbours, and the first with the last: with three words or fewer that is each with each.
  const pairs = parts.slice(1).map((part, i) => [parts[i] ?? '', part, i + 1] as const);
  const ends = last > 1 ? [[first, parts[last] ?? '', last] as const] : [];
  return [...pairs, ...ends].map(([a, b, at]) => ({
    text: `${mark.two}${a} ${b}`,
    isBeginning: isLastBeginning && at === last,
  }));
}

export interface NameQuestions {
  readonly words: readonly string[];
  readonly wholeWords: readonly Term[];
  /** The last word may be unfinished. */
  readonly beginnings: readonly Term[];
  /** Of two words the first may be unfinished: an initial, and the surname. Absent for more or fewer. */
  readonly initial: readonly Term[] | undefined;
  readonly sounds: readonly Term[];
  /** All in one: Vijaya Lakshmi, registered as Vijayalakshmi. Absent for a single word. */
  readonly joined: readonly Term[] | undefined;
}

/** Undefined when no word was typed. */
export function questionsOf(text: string): NameQuestions | undefined {
  const words = few(nameWords(text));
  if (words.length === 0) return undefined;
  const sounds = few(wordSounds(words.join(' ')));
  const whole = nameSound(words.join(' '));
  return {
    words,
    wholeWords: ask(words, WORD, false),
    beginnings: ask(words, WORD, true),
    initial: words.length === 2 ? ask(words.toReversed(), WORD, true) : undefined,
    sounds: ask(sounds, SOUND, (sounds.at(-1) ?? '').length >= SHORTEST_BEGINNING),
    joined:
      sounds.length > 1 ? [{ text: SOUND.one + whole, isBeginning: whole.length >= SHORTEST_BEGINNING }] : undefined,
  };
}
