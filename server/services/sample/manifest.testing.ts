// A manifest without a lab, for what is printed of it.
import type { ManifestView, TubeView } from './contract.ts';

const id = (n: number): string => `0199a000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** All its tubes are of one patient. */
export function manifestOf(count: number): { readonly manifest: ManifestView; readonly patientId: string } {
  const patientId = id(1);
  const tubes = Array.from({ length: count }, (_, n): TubeView => ({
    id: id(100 + n),
    orderId: id(2),
    patientId,
    barcode: `N2611250${String(n).padStart(5, '0')}`,
    isPreprinted: false,
    containerCode: 'SST',
    containerName: 'Serum separator tube',
    capColour: 'Gold',
    additive: 'Gel',
    volumeMl: 3.5,
    orderOfDraw: 3,
    specimen: 'Serum',
    section: 'IMMUNOASSAY',
    draw: null,
    lineIds: [id(3)],
    testCodes: ['T3', 'T4'],
    status: 'received',
    collectedAt: '2026-11-25T04:00:00.000Z',
    collectedBy: 'phlebo',
    isIdentityChecked: true,
    receivedAt: '2026-11-25T05:00:00.000Z',
    receivedBy: 'technician',
    labelsPrinted: 1,
    rejectedAt: null,
    rejectedBy: null,
    rejectReason: null,
    rejectDecision: null,
    replacesTubeId: null,
    parentTubeId: null,
    remainingMl: 3.5,
    location: null,
    referralLabId: id(4),
    version: 3,
  }));
  return {
    patientId,
    manifest: {
      id: id(5),
      number: 'MAN-261125000016',
      referralLabId: id(4),
      referralLabName: 'Metro Reference Laboratory',
      status: 'made',
      expectedOn: '2026-11-28',
      madeAt: '2026-11-25T06:00:00.000Z',
      madeBy: 'technician',
      sentAt: null,
      sentBy: null,
      tubes,
      reports: [],
      openOrderIds: [id(2)],
    },
  };
}
