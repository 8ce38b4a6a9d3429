// Which tubes an order needs: as few as carry to each bench what it needs. Lines share a tube when specimen, container,
// section, referral lab and the time of drawing are the same; another section gets its own tube so that no bench waits for
// another, and what is sent out leaves nobody here without a tube. Source: lab-day 22, 31. What is done at the bedside without a container gets a "tube" too: its label goes on the form,
// and it is scanned like the others, so every line of an order has one way through the lab.

/** A draw at a set time after something else. */
export interface TimedDraw {
  /** As printed on the label. */
  readonly name: string;
  /** Minutes from the beginning; orders the tubes of one patient. Fasting is the beginning. */
  readonly afterMinutes: number;
}

export interface PlanLine {
  readonly id: string;
  readonly testCode: string;
  readonly specimen: string;
  readonly containerCode: string;
  readonly section: string;
}

export interface PlanTest {
  readonly timedDraw: TimedDraw | null;
  /** What it takes, mL; null: unknown. */
  readonly minVolumeMl: number | null;
  readonly referralLabId: string | null;
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
  readonly tests: ReadonlyMap<string, PlanTest>;
}

export interface PlannedTube {
  readonly container: PlanContainer;
  readonly specimen: string;
  readonly section: string;
  readonly draw: TimedDraw | null;
  readonly referralLabId: string | null;
  readonly lineIds: readonly string[];
  readonly testCodes: readonly string[];
  readonly needsMl: number;
}

/** What two lines must have in common to be on one tube, and a line to be on a tube that is there. */
export interface Kind {
  readonly specimen: string;
  readonly containerCode: string;
  readonly section: string;
  readonly draw: string | null;
  readonly referralLabId: string | null;
}

export function kindOf(line: PlanLine, test: PlanTest | undefined): Kind {
  const { specimen, containerCode, section } = line;
  const draw = test?.timedDraw?.name ?? null;
  return { containerCode, section, specimen, draw, referralLabId: test?.referralLabId ?? null };
}

export function isSameKind(a: Kind, b: Kind): boolean {
  return (
    a.specimen === b.specimen &&
    a.containerCode === b.containerCode &&
    a.section === b.section &&
    a.draw === b.draw &&
    a.referralLabId === b.referralLabId
  );
}

/** What some tests take together, mL, to the hundredth; an unknown volume counts as nothing. */
export function volumeOf(testCodes: readonly string[], tests: ReadonlyMap<string, PlanTest>): number {
  const sum = testCodes.reduce((so, code) => so + (tests.get(code)?.minVolumeMl ?? 0), 0);
  return Math.round(sum * 100) / 100;
}

interface Group {
  readonly container: PlanContainer;
  readonly draw: TimedDraw | null;
  readonly kind: Kind;
  readonly lines: readonly PlanLine[];
}

/**
 * Tubes in the sequence they are filled: by time of drawing, then by the CLSI order of draw, so that additives cannot
 * be carried into the next tube.
 * @throws Error when a line names a container the catalogue does not hold
 */
export function planTubes(lines: readonly PlanLine[], catalogue: PlanCatalogue): readonly PlannedTube[] {
  const groups = new Map<string, Group>();
  for (const line of lines) {
    const test = catalogue.tests.get(line.testCode);
    const kind = kindOf(line, test);
    const key = JSON.stringify(kind);
    const group = groups.get(key);
    if (group) groups.set(key, { ...group, lines: [...group.lines, line] });
    else
      groups.set(key, { container: containerOf(line, catalogue), draw: test?.timedDraw ?? null, kind, lines: [line] });
  }
  return [...groups.values()].sort(inOrderOfDraw).map(({ container, draw, kind, lines: own }) => {
    const testCodes = own.map((line) => line.testCode);
    return {
      container,
      specimen: kind.specimen,
      section: kind.section,
      draw,
      referralLabId: kind.referralLabId,
      lineIds: own.map((line) => line.id),
      testCodes,
      needsMl: volumeOf(testCodes, catalogue.tests),
    };
  });
}

function containerOf(line: PlanLine, catalogue: PlanCatalogue): PlanContainer {
  const container = catalogue.containers.get(line.containerCode);
  if (container === undefined) throw new Error(`No container ${line.containerCode} for test ${line.testCode}`);
  return container;
}

function inOrderOfDraw(a: Group, b: Group): number {
  // Which of two tubes of the same rank comes first does not matter, but it must be the same every time.
  const [textA, textB] = [sortText(a), sortText(b)];
  return (
    (a.draw?.afterMinutes ?? 0) - (b.draw?.afterMinutes ?? 0) ||
    a.container.orderOfDraw - b.container.orderOfDraw ||
    (textA < textB ? -1 : Number(textA > textB))
  );
}

function sortText({ kind: { containerCode, section, specimen, draw, referralLabId } }: Group): string {
  return JSON.stringify([containerCode, section, specimen, draw ?? '', referralLabId ?? '']);
}
