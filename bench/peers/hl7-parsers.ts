// The HL7 parsers of npm that ours is measured against, each used as its README shows. They are installed in this folder
// alone, so they are loaded by address and what they offer is written down here.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface PeerParser extends PeerTreeParser {
  /** Parses and reads the places named (`OBX[3]-5.1`); gives how many characters it read. */
  readNamed(bytes: Buffer, paths: readonly string[]): number;
}

export interface PeerTreeParser {
  readonly name: string;
  /** Parses and reads every field of every OBX as text; gives how many characters it read. */
  readEveryObx(bytes: Buffer): number;
}

export interface Peers {
  readonly simple: PeerParser | undefined;
  readonly medplum: PeerParser | undefined;
  readonly client: PeerTreeParser | undefined;
  /** Names of those not installed. */
  readonly missing: readonly string[];
}

interface Place {
  readonly segment: string;
  /** All count from 0 but field, which counts from 1; component undefined is the whole field. */
  readonly occurrence: number;
  readonly field: number;
  readonly repetition: number;
  readonly component: number | undefined;
}

const placesOf = (paths: readonly string[]): readonly Place[] =>
  paths.map((path) => {
    const [, segment = '', occurrence = '1', field = '1', repetition = '1', component] =
      /^(\w{3})(?:\[(\d+)\])?-(\d+)(?:\[(\d+)\])?(?:\.(\d+))?$/.exec(path) ?? [];
    return {
      segment,
      occurrence: Number(occurrence) - 1,
      field: Number(field),
      repetition: Number(repetition) - 1,
      component: component === undefined ? undefined : Number(component) - 1,
    };
  });

// The paths are made ready once: no peer pays for ours.
function prepared(read: (text: string, places: readonly Place[]) => number): PeerParser['readNamed'] {
  const known = new Map<readonly string[], readonly Place[]>();
  return (bytes, paths) => {
    const places = known.get(paths) ?? placesOf(paths);
    known.set(paths, places);
    return read(bytes.toString('utf8'), places);
  };
}

async function load<T>(packageName: string, file: string, missing: string[]): Promise<T | undefined> {
  const path = join(import.meta.dirname, 'node_modules', packageName, file);
  if (!existsSync(path)) {
    missing.push(packageName);
    return undefined;
  }
  // The shape is the one of the version pinned in package.json beside this file.
  return (await import(pathToFileURL(path).href)) as T;
}

interface SimpleSegment {
  readonly name: string;
  readonly fields: readonly unknown[];
  getField(index: number, repeatIndex?: number): string;
  getComponent(field: number, component: number): string;
}
interface SimpleHl7 {
  readonly default: {
    readonly Parser: new () => {
      parse(text: string): { readonly header: SimpleSegment; getSegments(name: string): readonly SimpleSegment[] };
    };
  };
}

async function loadSimple(missing: string[]): Promise<PeerParser | undefined> {
  const module = await load<SimpleHl7>('simple-hl7', 'lib/index.js', missing);
  if (module === undefined) return undefined;
  const parser = new module.default.Parser();
  return {
    name: 'simple-hl7',
    readEveryObx: (bytes) => {
      let length = 0;
      for (const segment of parser.parse(bytes.toString('utf8')).getSegments('OBX')) {
        for (let field = 1; field <= segment.fields.length; field += 1) length += segment.getField(field).length;
      }
      return length;
    },
    readNamed: prepared((text, places) => {
      const message = parser.parse(text);
      let length = 0;
      for (const { segment, occurrence, field, repetition, component } of places) {
        // Its header leaves MSH-1 and MSH-2 out.
        const isHeader = segment === 'MSH';
        const found = isHeader ? message.header : message.getSegments(segment)[occurrence];
        const index = isHeader ? field - 2 : field;
        if (component === undefined || repetition > 0) length += found?.getField(index, repetition + 1).length ?? 0;
        else length += found?.getComponent(index, component + 1).length ?? 0;
      }
      return length;
    }),
  };
}

interface MedplumSegment {
  readonly name: string;
  readonly fields: readonly { toString(): string }[];
  getField(index: number): { toString(): string } | undefined;
  getComponent(field: number, component: number, subcomponent?: number, repetition?: number): string | undefined;
}
interface Medplum {
  readonly Hl7Message: {
    parse(text: string): { getAllSegments(name: string): readonly MedplumSegment[] };
  };
}

async function loadMedplum(missing: string[]): Promise<PeerParser | undefined> {
  const module = await load<Medplum>('@medplum/core', 'dist/esm/index.mjs', missing);
  if (module === undefined) return undefined;
  return {
    name: '@medplum/core',
    readEveryObx: (bytes) => {
      let length = 0;
      for (const segment of module.Hl7Message.parse(bytes.toString('utf8')).getAllSegments('OBX')) {
        for (const field of segment.fields) length += field.toString().length;
      }
      return length;
    },
    readNamed: prepared((text, places) => {
      const message = module.Hl7Message.parse(text);
      let length = 0;
      for (const { segment, occurrence, field, repetition, component } of places) {
        const found = message.getAllSegments(segment)[occurrence];
        const value =
          component === undefined
            ? found?.getField(field)?.toString()
            : found?.getComponent(field, component + 1, 0, repetition);
        length += value?.length ?? 0;
      }
      return length;
    }),
  };
}

interface ClientNode {
  toArray(): readonly ClientNode[];
  toRaw(): string;
  get(path: string): ClientNode;
}
interface Client {
  readonly Message: new (props: { readonly text: string }) => ClientNode;
}

async function loadClient(missing: string[]): Promise<PeerTreeParser | undefined> {
  const module = await load<Client>('node-hl7-client', 'lib/esm/index.mjs', missing);
  if (module === undefined) return undefined;
  return {
    name: 'node-hl7-client',
    readEveryObx: (bytes) => {
      const message = new module.Message({ text: bytes.toString('utf8') });
      let length = 0;
      for (const segment of message.get('OBX').toArray()) {
        for (const field of segment.toArray()) length += field.toRaw().length;
      }
      return length;
    },
  };
}

export async function loadPeers(): Promise<Peers> {
  const missing: string[] = [];
  return {
    simple: await loadSimple(missing),
    medplum: await loadMedplum(missing),
    client: await loadClient(missing),
    missing,
  };
}
