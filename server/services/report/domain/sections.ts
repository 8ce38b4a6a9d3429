// The order in which a report shows the departments of the lab, whatever the order in which tests were asked for.

const order = [
  'HAEMATOLOGY',
  'COAGULATION',
  'BIOCHEMISTRY',
  'IMMUNOASSAY',
  'SEROLOGY',
  'CLINICAL_PATHOLOGY',
  'MICROBIOLOGY',
  'HISTOPATHOLOGY',
  'CYTOLOGY',
];

/** Sections the lab added itself come after those known here. */
export function sectionRank(section: string): number {
  const rank = order.indexOf(section.toUpperCase());
  return rank === -1 ? order.length : rank;
}

/** `CLINICAL_PATHOLOGY` → `Clinical pathology`. A name that is not all capitals is the lab's own wording. */
export function sectionName(section: string): string {
  if (section !== section.toUpperCase()) return section;
  const words = section.replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
