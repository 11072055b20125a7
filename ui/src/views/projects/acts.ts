/** The acts on a project besides deciding its gates: what each is called, what is sent, what follows, what is still missing. Pure. */
import type { Blocker, Deliverable, ProjectAct } from '../../rpc/schema';

/** What an operator wants to do; the blanks are filled in by the dialog. */
export type Wish =
  | { act: 'start' }
  | { act: 'go_on'; gate: string }
  | { act: 'work_again'; gate: string }
  | { act: 'add_proof'; gate: string; kinds: readonly string[] }
  | { act: 'complete_deliverable'; deliverable: Deliverable }
  | { act: 'resolve_blocker'; blocker: Blocker };

/** What was filled in. */
export interface Blanks {
  requirements: string;
  kind: string;
  path: string;
  summary: string;
  resolution: string;
}
export const NO_BLANKS: Blanks = { requirements: '', kind: '', path: '', summary: '', resolution: '' };

/** Lengths that the plane takes, in characters. */
export const REQUIREMENTS = { least: 10, most: 2_000 };
export const TEXT_MOST = 500;
const PATH_MOST = 4_096;

/** As its plane counts them: characters, not halves of them. */
export const lengthOf = (text: string): number => [...text.trim()].length;

export function actOf(wish: Wish, blanks: Blanks): ProjectAct {
  switch (wish.act) {
    case 'start':
      return { act: 'start', requirements: blanks.requirements.trim() };
    case 'add_proof':
      return { act: 'add_proof', gate: wish.gate, kind: blanks.kind, path: blanks.path.trim(), summary: blanks.summary.trim() };
    case 'complete_deliverable':
      return { act: 'complete_deliverable', deliverable: wish.deliverable.id };
    case 'resolve_blocker':
      return { act: 'resolve_blocker', blocker: wish.blocker.id, resolution: blanks.resolution.trim() };
    default:
      return { act: wish.act, gate: wish.gate };
  }
}

/** Why it cannot be sent yet; `null` if it can. */
export function missing(wish: Wish, blanks: Blanks, reason: string): string | null {
  if (wish.act === 'start') {
    const length = lengthOf(blanks.requirements);
    if (length < REQUIREMENTS.least || length > REQUIREMENTS.most) return `the requirements have ${REQUIREMENTS.least} to ${REQUIREMENTS.most} characters`;
  }
  if (wish.act === 'add_proof') {
    if (blanks.kind === '') return 'no kind of proof is chosen';
    if (lengthOf(blanks.path) === 0 || lengthOf(blanks.path) > PATH_MOST) return `the path on the plane has 1 to ${PATH_MOST} characters`;
    if (lengthOf(blanks.summary) === 0 || lengthOf(blanks.summary) > TEXT_MOST) return `the summary has 1 to ${TEXT_MOST} characters`;
  }
  if (wish.act === 'resolve_blocker' && (lengthOf(blanks.resolution) === 0 || lengthOf(blanks.resolution) > TEXT_MOST)) return `the resolution has 1 to ${TEXT_MOST} characters`;
  const length = lengthOf(reason);
  return length === 0 ? 'it needs a reason' : length > TEXT_MOST ? `the reason has 1 to ${TEXT_MOST} characters` : null;
}

export interface ActWords {
  title: string;
  /** Verb and count; the place is added. */
  confirm: string;
  /** What its plane does then. */
  follows: string;
  /** What is said once it is done. */
  done: string;
}

export function actWords(wish: Wish, project: string): ActWords {
  switch (wish.act) {
    case 'start':
      return { title: `Start the work on ${project}`, confirm: 'Start 1 project', follows: 'Its plane makes gate G1 and sets the first agent to work. It may give the project another name. Sent twice, it makes G1 twice.', done: `The work on ${project} is started.` };
    case 'go_on':
      return { title: `Start the next agents after ${wish.gate}`, confirm: `Start the agents after 1 gate`, follows: `The agents of the next phase begin to work and cost money. Its plane does not look whether ${wish.gate} was approved.`, done: `The agents after ${wish.gate} of ${project} are started.` };
    case 'work_again':
      return { title: `Set the agents of ${wish.gate} to work again`, confirm: 'Set the agents of 1 gate to work', follows: 'They work once more and cost money. What they have begun cannot be called off, and a gate that is blocked stays blocked.', done: `The agents of ${wish.gate} of ${project} work again.` };
    case 'add_proof':
      return { title: `Add a proof to ${wish.gate}`, confirm: 'Add 1 proof', follows: 'Its plane reads the file at this path on its own disk and judges it. A proof that it has not judged does not count.', done: `A proof is added to ${wish.gate} of ${project}.` };
    case 'complete_deliverable':
      return { title: `Complete ${wish.deliverable.name}`, confirm: 'Complete 1 deliverable', follows: 'Its plane takes your word. A yes still fails if the path of the deliverable is not there on its disk.', done: `${wish.deliverable.name} of ${project} is complete.` };
    case 'resolve_blocker':
      return { title: 'Resolve a blocker', confirm: 'Resolve 1 blocker', follows: 'It is marked as resolved. That alone sets no agent to work.', done: `A blocker of ${project} is resolved.` };
  }
}

/** What exactly goes to the plane; what is typed stands in its field and not twice. */
export function sentWords(act: ProjectAct): string {
  switch (act.act) {
    case 'start':
      return 'start, with the requirements as written below';
    case 'add_proof':
      return `add_proof, gate ${act.gate}, kind ${act.kind || 'not chosen yet'}, path and summary as written below`;
    case 'complete_deliverable':
      return `complete_deliverable, id ${act.deliverable}`;
    case 'resolve_blocker':
      return `resolve_blocker, id ${act.blocker}, with the resolution as written below`;
    default:
      return `${act.act}, gate ${act.gate}`;
  }
}
