// What a person must hold to read the bytes of a file, by what it belongs to.

/**
 * A report is health data as a whole: who may read files in general (an accountant: receipts, scanned forms) may not
 * thereby read reports.
 */
export function permissionToLink(ownerType: string): 'report.read' | 'file.read' {
  return ownerType === 'report' ? 'report.read' : 'file.read';
}
