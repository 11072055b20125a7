/** Where the gates of a project stand, and what follows from that for the project. Pure. */
import type { ProjectView, Step, Timestamp } from '../rpc/schema';
import type { Appearance } from './appearance';
import { toMillis } from './time-format';

export type GateStanding = 'approved' | 'review' | 'working' | 'blocked' | 'rejected' | 'not_reached';

const LOOKS: Record<GateStanding, Appearance> = {
  approved: { tone: 'ok', word: 'approved' },
  review: { tone: 'blocked', word: 'in review' },
  working: { tone: 'running', word: 'working' },
  blocked: { tone: 'failed', word: 'blocked' },
  rejected: { tone: 'failed', word: 'rejected' },
  not_reached: { tone: 'none', word: 'not reached' },
};
export const gateLook = (gate: Step): Appearance => LOOKS[gateStanding(gate)];

export function gateStanding(gate: Step): GateStanding {
  switch (gate.status) {
    case 'succeeded':
      return 'approved';
    case 'waiting':
      return 'review';
    case 'running':
      return 'working';
    case 'failed':
      return gate.failure?.code === 'blocked' ? 'blocked' : 'rejected';
    case 'timed_out':
    case 'interrupted':
      return 'blocked';
    default:
      return 'not_reached';
  }
}

/** What a gate is for, in the words of its plane. */
export const phaseOf = (gate: Step): string => (typeof gate.inputs['phase'] === 'string' ? gate.inputs['phase'] : '');

/** Gates that were approved, each counted once, whatever its plane counts. */
export const approvedGates = (one: Pick<ProjectView, 'steps'>): number => one.steps.filter((gate) => gateStanding(gate) === 'approved').length;

export type ProjectStanding = Exclude<GateStanding, 'approved' | 'not_reached'> | 'finished' | 'not_started' | 'between';

/** A project as one word, the gate that explains it, and since when. */
export interface ProjectNow extends Appearance {
  standing: ProjectStanding;
  gate: Step | null;
  since: Timestamp | null;
}

/** The order in which a gate explains its project: what nobody can go on from, what is being done, what waits. */
const EXPLAINS = ['blocked', 'working', 'rejected', 'review'] as const;

export function projectNow(one: ProjectView): ProjectNow {
  const last = one.steps.at(-1);
  if (one.status === 'succeeded' || (last && gateStanding(last) === 'approved')) {
    return { standing: 'finished', tone: 'ok', word: 'Finished', gate: null, since: last?.ended_at ?? null };
  }
  for (const standing of EXPLAINS) {
    const gate = one.steps.find((step) => gateStanding(step) === standing);
    if (gate) return { standing, tone: LOOKS[standing].tone, word: `${gate.name} ${LOOKS[standing].word}`, gate, since: sinceOf(gate, standing) };
  }
  if (one.status === 'queued') return { standing: 'not_started', tone: 'none', word: 'Not started', gate: null, since: one.created_at };
  return { standing: 'between', tone: 'waiting', word: one.project.current_gate ? `Before ${one.project.current_gate}` : 'Between gates', gate: null, since: one.changed_at };
}

function sinceOf(gate: Step, standing: GateStanding): Timestamp | null {
  if (standing === 'review') return gate.gate?.asked_at ?? gate.queued_at;
  if (standing === 'working') return gate.started_at;
  return gate.ended_at ?? gate.gate?.decided_at ?? null;
}

/** Whether a verdict of ours is what it waits for. */
export const waitsForVerdict = (one: ProjectView): boolean => projectNow(one).standing === 'review';

const RANK: readonly ProjectStanding[] = ['review', 'blocked', 'rejected', 'working', 'between', 'not_started', 'finished'];

/** What needs a person on top, then what is under way, then what is over; within these the newest change first. */
export function byNeed(all: readonly ProjectView[]): ProjectView[] {
  const rank = (one: ProjectView): number => RANK.indexOf(projectNow(one).standing);
  return [...all].sort((a, b) => rank(a) - rank(b) || toMillis(b.changed_at) - toMillis(a.changed_at));
}

/** The gate that is looked at first: the one that explains the project, or the first that is not approved. */
export function gateInQuestion(one: ProjectView): Step | undefined {
  return projectNow(one).gate ?? one.steps.find((gate) => gateStanding(gate) !== 'approved') ?? one.steps.at(-1);
}

/** The newest gate that was approved, after which agents may have to be started. */
export function lastApproved(one: ProjectView): Step | undefined {
  return one.steps.filter((gate) => gateStanding(gate) === 'approved').at(-1);
}
