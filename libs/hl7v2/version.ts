/** MSH-12 as comparable numbers; forgives `2,3,1` and blanks. Undefined when it holds no version. */
export interface Hl7Version {
  readonly minor: number;
  readonly patch: number;
}

export function readVersion(text: string): Hl7Version | undefined {
  const parts = /^\s*2[.,](\d{1,2})(?:[.,](\d{1,2}))?/.exec(text);
  return parts === null ? undefined : { minor: Number(parts[1]), patch: Number(parts[2] ?? 0) };
}

/** True when the version is at least 2.`minor`.`patch`; an unknown one counts as the given default. */
export function isAtLeast(version: Hl7Version | undefined, minor: number, patch: number, unknown: boolean): boolean {
  if (version === undefined) return unknown;
  return version.minor > minor || (version.minor === minor && version.patch >= patch);
}
