// Which tubes an order needs: as few as carry to each bench what it needs. Lines share a tube when specimen, container,
// section and the time of drawing are the same; another section gets its own tube so that no bench waits for another.
// Source: lab-day 22. What is done at the bedside without a container gets a "tube" too: its label goes on the form,
// and it is scanned like the others, so every line of an order has one way through the lab.
import { timedDrawOf } from './timed-draw.ts';
import type { TimedDraw } from './timed-draw.ts';

export interface PlanLine {
  readonly id: string;
  readonly testCode: string;
  readonly specimen: string;
  readonly containerCode: string;
  readonly section: string;
}

export interface PlanContainer {
  readonly code: string;
  readonly name: string;
  readonly capColour: string;
  readonly additive: string;
  readonly volumeMl: number | null;
  readonly orderOfDraw: number;
}

export interface PlanCatalogue {
  readonly containers: ReadonlyMap<string, PlanContainer>;
  /** LOINC code of each test; null when it has none. */
  readonly loincOf: ReadonlyMap<string, string | null>;
}

export interface PlannedTube {
  readonly container: PlanContainer;
  readonly specimen: string;
  readonly section: string;
  readonly draw: string | null;
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
}

interface Group {
  readonly container: PlanContainer;
  readonly draw: TimedDraw | undefined;
  readonly lines: readonly [PlanLine, ...PlanLine[]];
}

/**
 * Tubes in the sequence they are filled: by time of drawing, then by the CLSI order of draw, so that additives cannot
 * be carried into the next tube.
 * @throws Error when a line names a container the catalogue does not hold
 */
export function planTubes(lines: readonly PlanLine[], catalogue: PlanCatalogue): readonly PlannedTube[] {
  const groups = new Map<string, Group>();
  for (const line of lines) {
    const draw = timedDrawOf(catalogue.loincOf.get(line.testCode) ?? null);
    const key = JSON.stringify([line.specimen, line.containerCode, line.section, draw?.name ?? null]);
    const group = groups.get(key);
    if (group) groups.set(key, { ...group, lines: [...group.lines, line] });
    else groups.set(key, { container: containerOf(line, catalogue), draw, lines: [line] });
  }
  return [...groups.values()].sort(inOrderOfDraw).map(({ container, draw, lines: own }) => ({
    container,
    specimen: own[0].specimen,
    section: own[0].section,
    draw: draw?.name ?? null,
    lineIds: own.map((line) => line.id),
    testCodes: own.map((line) => line.testCode),
  }));
}

function containerOf(line: PlanLine, catalogue: PlanCatalogue): PlanContainer {
  const container = catalogue.containers.get(line.containerCode);
  if (container === undefined) throw new Error(`No container ${line.containerCode} for test ${line.testCode}`);
  return container;
}

function inOrderOfDraw(a: Group, b: Group): number {
  const textA = sortText(a);
  const textB = sortText(b);
  return (
    (a.draw?.afterMinutes ?? 0) - (b.draw?.afterMinutes ?? 0) ||
    a.container.orderOfDraw - b.container.orderOfDraw ||
    (textA < textB ? -1 : Number(textA > textB))
  );
}

// Which of two tubes of the same rank comes first does not matter, but it must be the same every time.
function sortText({ container, draw, lines }: Group): string {
  return JSON.stringify([container.code, lines[0].section, lines[0].specimen, draw?.name ?? '']);
}
