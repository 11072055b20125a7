/** What may be written as the plan of a new project, judged while it is typed as its plane will judge it. Pure. */
import type { JsonValue } from '../../rpc/schema';
import { lengthOf } from './acts';

export const KINDS = ['traditional', 'ai_ml', 'hybrid', 'enhancement'] as const;
export type Kind = (typeof KINDS)[number];

export interface Draft {
  description: string;
  name: string;
  /** Empty lets the plane choose by words of the description. */
  kind: Kind | '';
  repository: string;
}

export const DESCRIPTION = { least: 10, most: 2_000 };
export const NAME = { least: 3, most: 100 };

function lengthFault(what: string, text: string, { least, most }: { least: number; most: number }): string | null {
  const length = lengthOf(text);
  if (length < least) return `${what} has ${least} to ${most.toLocaleString('en-US')} characters; ${least - length} more.`;
  if (length > most) return `${what} has ${least} to ${most.toLocaleString('en-US')} characters; ${(length - most).toLocaleString('en-US')} too many.`;
  return null;
}

export const descriptionFault = (text: string): string | null => lengthFault('A description', text, DESCRIPTION);
/** A name may be left out. */
export const nameFault = (text: string): string | null => (text.trim() === '' ? null : lengthFault('A name', text, NAME));

/** The plan; what was left empty is left out. */
export function planOf(draft: Draft): { [key: string]: JsonValue } {
  const [name, repository] = [draft.name.trim(), draft.repository.trim()];
  return {
    description: draft.description.trim(),
    ...(name === '' ? {} : { name }),
    ...(draft.kind === '' ? {} : { type: draft.kind }),
    ...(repository === '' ? {} : { repository }),
  };
}
