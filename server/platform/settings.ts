// The settings kit: each setting says what it is, its unit, default and whether it is a secret; reading collects every
// fault, so that a bad installation is mended in one go.
import * as z from 'zod';

export interface Setting<T> {
  /** Name in the environment. */
  readonly env: string;
  /** What it is, with its unit; one line for the template. */
  readonly what: string;
  readonly schema: z.ZodType<T>;
  /** Shown in the template; the schema holds the real default. */
  readonly shownDefault: string;
  readonly isSecret: boolean;
}

export class SettingsError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`Bad settings: ${faults.join('; ')}.`);
    this.faults = faults;
  }
}

type Definitions = Readonly<Record<string, Setting<unknown>>>;
export type SettingsOf<D extends Definitions> = { readonly [K in keyof D]: D[K] extends Setting<infer T> ? T : never };

function setting<T>(
  env: string,
  what: string,
  schema: z.ZodType<T>,
  shownDefault: string,
  isSecret = false,
): Setting<T> {
  return { env, what, schema, shownDefault, isSecret };
}

const PORT_SENTENCE = 'a port number from 0 to 65535';

export const text = (env: string, what: string, fallback: string): Setting<string> =>
  setting(env, what, z.string().trim().default(fallback), fallback);
export const optionalText = (env: string, what: string): Setting<string | undefined> =>
  setting(env, what, z.string().trim().min(1).optional(), '');
/** Left empty, the embedded installation makes one and keeps it in the data folder. */
export const secret = (env: string, what: string): Setting<string | undefined> =>
  setting(env, what, z.string().min(32, 'at least 32 characters').optional(), '', true);
export const port = (env: string, what: string, fallback: number): Setting<number> =>
  setting(
    env,
    what,
    z.coerce
      .number(PORT_SENTENCE)
      .int(PORT_SENTENCE)
      .min(0, PORT_SENTENCE)
      .max(65_535, PORT_SENTENCE)
      .default(fallback),
    String(fallback),
  );
export function whole(env: string, what: string, fallback: number, min: number, max: number): Setting<number> {
  const sentence = `a whole number from ${min} to ${max}`;
  return setting(
    env,
    what,
    z.coerce.number(sentence).int(sentence).min(min, sentence).max(max, sentence).default(fallback),
    String(fallback),
  );
}
export function share(env: string, what: string, fallback: number): Setting<number> {
  return setting(env, what, z.coerce.number('a number from 0 to 1').min(0).max(1).default(fallback), String(fallback));
}
export function choice<const T extends string>(
  env: string,
  what: string,
  values: readonly T[],
  fallback: NoInfer<T>,
): Setting<T> {
  return setting(env, what, z.enum(values, `one of ${values.join(', ')}`).default(fallback), fallback) as Setting<T>;
}
export const list = (env: string, what: string): Setting<readonly string[]> =>
  setting(
    env,
    what,
    z
      .string()
      .default('')
      .transform((value) =>
        value
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      ),
    '',
  );
export const yesNo = (env: string, what: string, fallback: boolean): Setting<boolean> =>
  setting(
    env,
    what,
    z
      .enum(['yes', 'no'], 'yes or no')
      .default(fallback ? 'yes' : 'no')
      .transform((value) => value === 'yes'),
    fallback ? 'yes' : 'no',
  );

/** @throws SettingsError naming every setting that is wrong and what was expected */
export function readSettings<D extends Definitions>(
  definitions: D,
  env: Readonly<Record<string, string | undefined>>,
): SettingsOf<D> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const raw = env[definition.env];
    const parsed = definition.schema.safeParse(raw === '' ? undefined : raw);
    if (parsed.success) values[name] = parsed.data;
    else faults.push(`${definition.env} must be ${parsed.error.issues[0]?.message ?? 'valid'}`);
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return values as SettingsOf<D>;
}

/** The `.env` template: every setting with its line of explanation. */
export function envTemplate(definitions: Definitions): string {
  const lines = Object.values(definitions).flatMap((definition) => [
    `# ${definition.what}${definition.isSecret ? ' (secret)' : ''}`,
    `#${definition.env}=${definition.shownDefault}`,
    '',
  ]);
  return ['# Made from server/config.ts by `nidaan settings --env`. Every setting may be left out.', '', ...lines].join(
    '\n',
  );
}
