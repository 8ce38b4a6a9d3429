// Which analyte an instrument's code means. Never guesses: what two analytes could claim is unknown.
import { isLoinc } from './loinc.ts';
import type { AnalyteCode } from './reading.ts';

export interface KnownAnalyte {
  readonly code: string;
  readonly loinc: string | null;
  readonly aliases: readonly string[];
}

export interface Mapped {
  /** Empty: any instrument. */
  readonly instrument: string;
  readonly code: string;
  readonly analyteCode: string;
}

export interface CodeBook {
  /** The analyte's code; undefined when unknown or claimed by several. */
  find(instrument: string, codes: readonly AnalyteCode[]): string | undefined;
}

/** Two analytes under one key. */
const AMBIGUOUS = Symbol('ambiguous');
type Entry = string | typeof AMBIGUOUS;

function claim(entries: Map<string, Entry>, key: string, analyteCode: string): void {
  const before = entries.get(key);
  entries.set(key, before === undefined || before === analyteCode ? analyteCode : AMBIGUOUS);
}

export interface Catalogue {
  readonly byCode: ReadonlyMap<string, Entry>;
  readonly byAlias: ReadonlyMap<string, Entry>;
  readonly byLoinc: ReadonlyMap<string, Entry>;
}

export function indexCatalogue(analytes: readonly KnownAnalyte[]): Catalogue {
  const byCode = new Map<string, Entry>();
  const byAlias = new Map<string, Entry>();
  const byLoinc = new Map<string, Entry>();
  for (const analyte of analytes) {
    claim(byCode, analyte.code.toUpperCase(), analyte.code);
    if (analyte.loinc !== null) claim(byLoinc, analyte.loinc, analyte.code);
    for (const alias of analyte.aliases) claim(byAlias, alias.toUpperCase(), analyte.code);
  }
  return { byCode, byAlias, byLoinc };
}

const known = (entry: Entry | undefined): string | undefined => (typeof entry === 'string' ? entry : undefined);

function inCatalogue(catalogue: Catalogue, { code, isLoinc: saysLoinc }: AnalyteCode): string | undefined {
  if (saysLoinc || isLoinc(code)) {
    const entry = catalogue.byLoinc.get(code);
    if (entry !== undefined) return known(entry);
  }
  const key = code.toUpperCase();
  return known(catalogue.byCode.get(key) ?? catalogue.byAlias.get(key));
}

/**
 * What a lab said goes before what the catalogue knows: the mapping of this instrument, then of any instrument; then LOINC, then
 * the analyte's own code or alias. Codes are tried in their order under each of the two.
 */
export function createCodeBook(catalogue: Catalogue, mappings: readonly Mapped[]): CodeBook {
  const mapped = new Map(mappings.map((mapping) => [`${mapping.instrument}\n${mapping.code}`, mapping.analyteCode]));
  return {
    find: (instrument, codes) => {
      for (const { code } of codes) {
        const found = mapped.get(`${instrument}\n${code}`) ?? mapped.get(`\n${code}`);
        if (found !== undefined) return found;
      }
      for (const code of codes) {
        const found = inCatalogue(catalogue, code);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
