// The number people say for an order: day and running number of that day, `261125-0042`.

/**
 * @param day calendar day of the lab, YYYY-MM-DD
 * @param serial running number of the lab's day from 1; four digits, more after 9999
 */
export function orderNumber(day: string, serial: number): string {
  return `${day.slice(2).replaceAll('-', '')}-${String(serial).padStart(4, '0')}`;
}

/**
 * Beginning of the numbers meant by what was typed, none when no number can begin so. `42` or `0042` is today's
 * order of that number; `2611`, `261125`, `261125-00` and `2611250042` are beginnings.
 */
export function numberBeginnings(typed: string, today: string): readonly string[] {
  const text = typed.replaceAll(/\s/g, '');
  if (!/^\d{1,6}(-\d{0,6})?$|^\d{7,12}$/.test(text)) return [];
  if (text.length > 6 && !text.includes('-')) return [`${text.slice(0, 6)}-${text.slice(6)}`];
  const isSerial = /^\d{1,4}$/.test(text) && Number(text) > 0;
  return isSerial ? [text, orderNumber(today, Number(text))] : [text];
}
