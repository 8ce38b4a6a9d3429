// Every permission a role may hold, and the roles a new lab starts with. A lab edits its roles; the names stay.

export const permissions = {
  'organization.read': 'See the lab and its doctors',
  'organization.manage': 'Change the lab and its doctors',
  'user.read': 'See users and roles',
  'user.manage': 'Add and disable users, edit roles',
  'patient.read': 'Find and see patients',
  'patient.register': 'Register patients',
  'patient.update': 'Correct patients',
  'order.read': 'See orders and the catalogue',
  'order.place': 'Place orders',
  'order.manage_catalogue': 'Change the catalogue',
  'sample.read': 'See tubes',
  'sample.label': 'Print labels',
  'sample.collect': 'Scan tubes as collected',
  'sample.receive': 'Scan tubes as received',
  'result.read': 'See results and worklists',
  'result.enter': 'Enter results',
  'result.verify': 'Verify results (technician)',
  'result.authorise': 'Authorise results (pathologist)',
  'result.send_back': 'Send results back to the bench',
  'report.read': 'See and download reports',
  'report.compose': 'Compose a report by hand',
  'file.read': 'Download files',
  'file.upload': 'Upload files',
  'integration.read': 'See instrument messages and the inbox',
  'integration.resolve': 'Map codes, replay messages, clear the inbox',
  'audit.read': 'Read the audit trail',
  'platform.operate': 'See and replay parked events',
} as const;

export type PermissionName = keyof typeof permissions;

/** Holds everything, also what later versions add. */
export const EVERYTHING = '*';

const bench: readonly PermissionName[] = ['organization.read', 'patient.read', 'order.read', 'sample.read', 'result.read'];

export const starterRoles: Readonly<Record<string, readonly (PermissionName | typeof EVERYTHING)[]>> = {
  desk: [
    'organization.read', 'patient.read', 'patient.register', 'patient.update', 'order.read', 'order.place', 'sample.read', 'sample.label',
    'report.read', 'file.read', 'file.upload',
  ],
  phlebotomist: ['organization.read', 'patient.read', 'order.read', 'sample.read', 'sample.label', 'sample.collect'],
  technician: [
    ...bench, 'sample.label', 'sample.receive', 'result.enter', 'result.verify', 'report.read', 'integration.read', 'integration.resolve', 'file.read', 'file.upload',
  ],
  pathologist: [
    ...bench, 'result.enter', 'result.verify', 'result.authorise', 'result.send_back', 'report.read', 'report.compose', 'file.read', 'file.upload',
    'integration.read', 'audit.read',
  ],
  manager: [
    ...bench, 'organization.manage', 'user.read', 'order.manage_catalogue', 'report.read', 'file.read', 'integration.read', 'integration.resolve',
    'audit.read', 'platform.operate',
  ],
  accountant: ['organization.read', 'patient.read', 'order.read', 'file.read', 'file.upload'],
  admin: [EVERYTHING],
};
