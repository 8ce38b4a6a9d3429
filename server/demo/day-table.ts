// What happened on the demo day, for a person and for a program.

/** A part of the day that not every patient has part in. */
export interface Scene {
  readonly name: string;
  /** One line for a person. */
  readonly what: string;
  /** Where to see it again: an order, a query. */
  readonly where: string;
  /** What a program checks. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** A link to its report, good for minutes. */
  readonly pdf?: string;
}

export interface DayTable {
  patients: number;
  orders: number;
  tubes: number;
  messages: number;
  values: number;
  typedValues: number;
  abnormal: number;
  critical: number;
  held: number;
  verified: number;
  verifiedByRules: number;
  authorised: number;
  reports: number;
  pdfBytes: number;
  inbox: Record<string, number>;
  scenes: Scene[];
  seconds: number;
}

export function emptyTable(): DayTable {
  return {
    patients: 0,
    orders: 0,
    tubes: 0,
    messages: 0,
    values: 0,
    typedValues: 0,
    abnormal: 0,
    critical: 0,
    held: 0,
    verified: 0,
    verifiedByRules: 0,
    authorised: 0,
    reports: 0,
    pdfBytes: 0,
    inbox: {},
    scenes: [],
    seconds: 0,
  };
}

export function printTable(table: DayTable): string {
  const inbox = Object.entries(table.inbox).map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`);
  const rows: readonly (readonly [string, string | number])[] = [
    ['Patients registered', table.patients],
    ['Orders placed', table.orders],
    ['Tubes collected and received', table.tubes],
    ['Messages from analyzers', table.messages],
    ['Values in results', table.values],
    ['  of these typed at the bench', table.typedValues],
    ['  outside the range (L or H)', table.abnormal],
    ['  critical (LL or HH)', table.critical],
    ['  held for a person to look', table.held],
    ['Values verified', table.verified],
    ['  of these by rules', table.verifiedByRules],
    ['Values authorised', table.authorised],
    ['Reports signed, PDF made', `${table.reports} (${Math.round(table.pdfBytes / 1024)} kB)`],
    ['Waiting in the inbox', inbox.length === 0 ? 'nothing' : inbox.join(', ')],
    ['Time', `${table.seconds.toFixed(1)} s`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const line = '─'.repeat(width + 24);
  return [
    line,
    ...rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    line,
    ...table.scenes.flatMap(({ what, where, pdf }) => [
      `• ${what}`,
      `    ${where}`,
      ...(pdf === undefined ? [] : [`    ${pdf}`]),
    ]),
    line,
    '',
  ].join('\n');
}
