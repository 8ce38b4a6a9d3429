// The page docs/errors.md: every refusal the house can give, for those who program against it.
import type { CataloguedError } from './catalogue.ts';

const again: Readonly<Record<string, string>> = {
  permanent: 'no, change the request',
  transient: 'yes, try again',
  ambiguous: 'look first: it may have happened',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(errors: readonly CataloguedError[]): readonly string[] {
  return [
    '| code | status | sentence | again? |',
    '|---|---|---|---|',
    ...errors.map(
      ({ code, status, template, retry }) =>
        `| \`${code}\` | ${status} | ${cell(template)} | ${again[retry] ?? retry} |`,
    ),
  ];
}

/** @param errors sorted by code */
export function errorsPage(errors: readonly CataloguedError[]): string {
  const owners = [...new Set(errors.map(({ owner }) => owner))].toSorted((a, b) =>
    a === 'platform' ? -1 : b === 'platform' ? 1 : a.localeCompare(b),
  );
  return [
    '# Errors',
    '',
    'Made from the contracts by `npm run fix`; do not edit. A code is stable and is never used again for something else; the sentence',
    'may change. Words in braces are filled in and are also sent as `details`. In GraphQL the code stands in `extensions.code`.',
    ...owners.flatMap((owner) => ['', `## ${owner}`, '', ...table(errors.filter((error) => error.owner === owner))]),
    '',
  ].join('\n');
}
