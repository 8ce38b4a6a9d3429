// What a person must hold for the bytes of a file, by what it belongs to, beside reading and uploading files in general.

/**
 * A report is health data as a whole: who may read files in general (an accountant: receipts, scanned forms) may not
 * thereby read reports. A certificate or service report is read by who may see instruments.
 */
export function permissionToLink(ownerType: string): 'report.read' | 'equipment.read' | 'file.read' {
  switch (ownerType) {
    case 'report':
      return 'report.read';
    case 'instrument':
      return 'equipment.read';
    default:
      return 'file.read';
  }
}

/** Who adds a certificate is who may record the calibration it proves. */
export function permissionToUpload(ownerType: string): 'equipment.log' | 'file.upload' {
  return ownerType === 'instrument' ? 'equipment.log' : 'file.upload';
}
