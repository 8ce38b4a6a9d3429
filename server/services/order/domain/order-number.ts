// The number people say for an order: day and running number of that day, `261125-0042`.

/**
 * @param day calendar day of the lab, YYYY-MM-DD
 * @param serial running number of the lab's day from 1; four digits, more after 9999
 */
export function orderNumber(day: string, serial: number): string {
  return `${day.slice(2).replaceAll('-', '')}-${String(serial).padStart(4, '0')}`;
}

/**
 * Beginnings of the numbers meant by what was typed; none when no number can begin so. Up to five digits are the running
 * number of today (`42`, `0042`); six digits are a whole day (`261125`), with or without what follows (`261125-00`,
 * `2611250042`). Fewer digits of a day are not taken as a beginning: they would match years of orders.
 */
export function numberBeginnings(typed: string, today: string): readonly string[] {
  const text = typed.replaceAll(/\s/g, '');
  if (/^\d{1,5}$/.test(text)) return Number(text) > 0 ? [orderNumber(today, Number(text))] : [];
  const match = /^(\d{6})-?(\d{0,6})$/.exec(text);
  if (match === null) return [];
  const [, day, serial] = match;
  return [`${day}-${serial}`];
}
