/** Who works on a project: agents in words, their tasks side by side, and whether anybody went on after a gate. Pure. */
import type { AgentExecution, ProjectTask, ProjectView, ProjectWork, Step } from '../../rpc/schema';
import { lastApproved, projectNow } from '../../state/project-gates';
import { toMillis } from '../../state/time-format';

const SHORT: Record<string, string> = { UX: 'UX', UI: 'UI', QA: 'QA', ML: 'ML', DEVOPS: 'DevOps', AIOPS: 'AIOps' };

/** `QA_ENGINEER` is a QA engineer. What is no name of this sort stays as it is. */
export function agentWord(agent: string): string {
  if (!/^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(agent)) return agent;
  const words = agent.split('_').map((part, index) => SHORT[part] ?? (index === 0 ? part.charAt(0) + part.slice(1).toLowerCase() : part.toLowerCase()));
  return words.join(' ').replace('UX UI', 'UX/UI');
}

export interface AgentTasks {
  agent: string | null;
  tasks: ProjectTask[];
  done: number;
  /** What it is at, or what it waits for; `null` when all of it is done. */
  at: ProjectTask | null;
  /** When its last task was finished. */
  finished: string | null;
  /** How often it ended badly. */
  failed: number;
}

/** Tasks by agent, in the order in which the agents come in. */
export function tasksByAgent(tasks: readonly ProjectTask[], executions: readonly AgentExecution[]): AgentTasks[] {
  const agents = [...new Set(tasks.map((task) => task.agent))];
  return agents.map((agent) => {
    const own = tasks.filter((task) => task.agent === agent);
    const over = own.filter((task) => task.status === 'complete' || task.status === 'skipped');
    const next = (['in_progress', 'in_review', 'blocked', 'not_started'] as const).map((status) => own.find((task) => task.status === status)).find((task) => task !== undefined);
    return {
      agent,
      tasks: own,
      done: own.filter((task) => task.status === 'complete').length,
      at: next ?? null,
      finished: over.length === own.length ? (own.flatMap((task) => task.completed_at ?? []).sort().at(-1) ?? null) : null,
      failed: executions.filter((one) => one.agent === agent && one.status === 'failed').length,
    };
  });
}

/** As many executions as a plane tells of, the oldest ones: newer ones may be missing from then on. */
const EXECUTIONS_TOLD = 100;

/** The gate after which the next agents have to be started by hand. */
export interface GoOn {
  gate: Step;
  /** Whether it is sure that nobody was started since; otherwise its plane does not tell. */
  sure: boolean;
}

/** A verdict is only recorded: whether anybody went on after the newest approval shows in what agents were set to do since. */
export function goOnDue(one: ProjectView, work: ProjectWork | null): GoOn | null {
  const gate = lastApproved(one);
  const now = projectNow(one);
  const decided = gate?.gate?.decided_at ?? gate?.ended_at ?? null;
  if (!gate || decided === null || now.standing === 'finished' || now.standing === 'working') return null;
  const executions = work?.executions ?? null;
  if (executions === null) return { gate, sure: false };
  return executions.some((execution) => toMillis(execution.started_at) > toMillis(decided)) ? null : { gate, sure: executions.length < EXECUTIONS_TOLD };
}
