/** The projects of that night: one waits for a verdict, one is blocked, agents work on one, one is finished. Their plane is silent since 03:12:08, and answers again at 03:21:58. */
import type { Event, Freshness, Gate, GateNeeds, ProjectDocument, ProjectTask, ProjectView, ProjectWork, Proof, Step, Told, WorkStatus } from '../../src/rpc/schema';
import { at, DAY } from './clock';

/** When the plane answers again, and the verdict can be given. */
export const READY = at('03:22:10');
export const SILENT: Freshness = { read_at: at('03:12:08'), state: 'offline' };
export const LIVE: Freshness = { read_at: at('03:22:09'), state: 'live' };

const on = (day: number, clock: string): string => `2026-08-${day}T${clock}.000Z`;
const PHASES = ['Intake', 'Requirements', 'Architecture', 'Design', 'Development', 'Testing', 'Security', 'Pre-deploy', 'Production'];

interface GateIs {
  status: Step['status'];
  at?: string;
  by?: string;
  question?: string;
  failure?: Step['failure'];
  expires?: string;
}
function gateOf(phase: string, is: GateIs): Gate | null {
  const asked = is.at ?? '';
  const base = { subject: 'person' as const, question: is.question ?? phase, asked_at: asked, expires_at: is.expires ?? null, decided_by: null, decided_at: null, reason: null };
  if (is.status === 'waiting') return { ...base, state: 'open' };
  if (is.status === 'succeeded') return { ...base, state: 'approved', decided_by: is.by ?? null, decided_at: asked };
  return is.status === 'failed' && is.failure?.code === 'rejected' ? { ...base, state: 'rejected', decided_at: asked, reason: is.failure.message } : null;
}
export function gate(number: number, is: GateIs): Step {
  const phase = PHASES[number - 1] ?? '';
  const over = is.status === 'succeeded' || is.status === 'failed';
  return {
    id: `G${number}`, name: `G${number}`, tool: `manual:G${number}`, status: is.status, breaker: null, severity: 'critical', depends_on: number > 1 ? [`G${number - 1}`] : [], on_restart: 'fail', retry: { max_attempts: 1, delay_ms: 0, max_delay_ms: 0 }, timeout_ms: null,
    inputs: { phase, requires_proof: true }, output: null, queued_at: is.at ?? null, started_at: is.at ?? null, ended_at: over ? (is.at ?? null) : null, waiting_for: is.status === 'waiting' ? 'approval' : null, waiting_until: null,
    failure: is.failure ?? null, gate: gateOf(phase, is), attempts: [],
  };
}
/** So many approved gates, then one as given, then none that was reached. */
export function gates(approved: readonly [string, string][], then: GateIs | null): Step[] {
  return PHASES.map((_, index) => {
    const done = approved[index];
    if (done) return gate(index + 1, { status: 'succeeded', at: done[0], by: done[1] });
    return gate(index + 1, index === approved.length && then ? then : { status: 'queued' });
  });
}

export function project(name: string, of: Partial<ProjectView['project']>, rest: Partial<ProjectView>): ProjectView {
  return {
    connection: 'projects-eu', connection_name: 'projects-eu', run: `cm${name.replaceAll('-', '')}01`, name, status: 'waiting', steps: gates([], null), failure: null, created_at: on(19, '08:50:00'), changed_at: at('03:11:40'), cost_usd: null, freshness: SILENT,
    project: { kind: 'hybrid', owner: 'Dana Okafor', phase: null, current_gate: null, working_agent: null, message: null, percent: 0, counted: { approved: 0, markers: 0, duplicates: 0 }, ...of },
    ...rest,
  };
}

const [DANA, LENA, MIRA] = ['Dana Okafor', 'Lena Fischer', 'Mira Halvorsen'];
export const passed: [string, string][] = [[on(19, '09:12:00'), DANA], [on(19, '11:40:00'), DANA], [on(19, '16:02:00'), LENA], [on(20, '10:25:00'), DANA], [on(21, '14:31:00'), LENA], [on(21, '21:08:00'), MIRA], [at('01:17:33'), LENA], [on(22, '02:10:00'), DANA], [on(22, '02:40:00'), DANA]];
const QUAY: [string, string][] = passed.map(([, by], index) => [on(20, `0${index + 1}:10:00`), by]);

export const atlas = project('atlas-loyalty', { current_gate: 'G8', percent: 180, counted: { approved: 7, markers: 7, duplicates: 4 } }, {
  steps: gates(passed.slice(0, 7), { status: 'waiting', at: at('02:58:20'), question: 'open staging to 40 testers', expires: at('04:58:20') }), cost_usd: 41.2,
});
export const harbor = project('harbor-returns', { kind: 'traditional', owner: 'Kenji Watanabe', current_gate: 'G6', percent: 100, counted: { approved: 5, markers: 5, duplicates: 0 } }, {
  status: 'failed', cost_usd: 28.75, changed_at: at('02:41:07'), failure: { code: 'blocked', message: 'fix loop ended at 5', remedy: 'FuzzyLlama cannot unblock a gate: delete it there and create it anew.', retryable: false },
  steps: gates(passed.slice(0, 5), { status: 'failed', at: at('02:41:07'), failure: { code: 'blocked', message: 'fix loop ended at 5', remedy: 'FuzzyLlama cannot unblock a gate: delete it there and create it anew.', retryable: false } }),
});
export const kelp = project('kelp-pricing', { kind: 'ai_ml', owner: 'Tomás Rivas', current_gate: 'G4', working_agent: 'UX_UI_DESIGNER', percent: 60, counted: { approved: 3, markers: 3, duplicates: 0 } }, {
  status: 'running', cost_usd: 9.02, changed_at: at('03:12:01'), steps: gates(passed.slice(0, 3), { status: 'running', at: at('03:04:01') }),
});
export const quay = project('quay-search', { kind: 'enhancement', message: 'Working on G9_COMPLETE...', percent: 180, counted: { approved: 9, markers: 9, duplicates: 0 } }, {
  status: 'succeeded', cost_usd: 36.48, changed_at: on(21, '18:02:00'), steps: gates(QUAY, null),
});
export const projects: ProjectView[] = [quay, kelp, harbor, atlas];

/** The same at {@link READY}: the plane is heard again. */
export const readyProjects: ProjectView[] = projects.map((one) => ({ ...one, freshness: LIVE, ...(one === atlas ? { changed_at: at('03:21:44') } : {}) }));

const proof = (kind: string, given: string | null, of: Partial<Proof> = {}): Proof => ({ kind, is_required: true, result: given === null ? null : 'pass', at: given, can_be_added: true, ...of });
const NEEDS: [gate: string, proofs: Proof[], paths: string[]][] = [
  ['G1', [], ['docs/INTAKE.md']],
  ['G2', [], ['docs/PRD.md', 'docs/USER_STORIES.md']],
  ['G3', [proof('spec_validation', on(19, '15:50:00'))], ['specs/openapi.yaml', 'docs/ARCHITECTURE.md']],
  ['G4', [], ['design/system/']],
  ['G5', [proof('build_output', on(21, '14:02:00')), proof('lint_output', on(21, '14:05:00')), proof('preview_startup', on(21, '14:11:00'), { can_be_added: false })], ['src/frontend/', 'src/backend/', 'src/api/']],
  ['G6', ['unit_test_output', 'e2e_test_output', 'integration_test_output'].map((kind) => proof(kind, on(21, '20:40:00'), { can_be_added: false })), ['tests/TEST_PLAN.md']],
  ['G7', [proof('security_scan', at('01:12:40'))], ['docs/SECURITY_AUDIT.md']],
  ['G8', [proof('deployment_log', at('02:57:52')), proof('smoke_test', null)], ['deploy/staging/', '.github/workflows/', 'infrastructure/']],
  ['G9', [proof('deployment_log', null), proof('smoke_test', null), proof('manual_verification', null)], ['deploy/production/', 'monitoring/', 'docs/RUNBOOK.md']],
];
export const needs: GateNeeds[] = NEEDS.map(([name, proofs, paths]) => ({ gate: name, asks_for_proof: proofs.length > 0, proofs, paths }));

const tasks = (agent: string, count: number, done: number, finished: string, title = 'a task'): ProjectTask[] =>
  Array.from({ length: count }, (_, index) => {
    const status: WorkStatus = index < done ? 'complete' : index === done ? 'in_progress' : 'not_started';
    return { id: `${agent}-${index}`, title: index === done ? title : `task ${index + 1}`, phase: null, agent, status, blocked_by: null, completed_at: index < done ? finished : null };
  });
const document = (title: string, kind: string, version: number, updated: string): ProjectDocument => ({ id: title, title, kind, version, updated_at: updated });
const COSTS: [string, number, number][] = [['FRONTEND_DEVELOPER', 10.6, 24], ['ARCHITECT', 8.4, 14], ['BACKEND_DEVELOPER', 8.3, 19], ['QA_ENGINEER', 4.2, 13], ['PRODUCT_MANAGER', 3.6, 11], ['DEVOPS_ENGINEER', 3.2, 9], ['SECURITY_ENGINEER', 2.9, 6]];

/** What belongs to atlas-loyalty while the smoke test is missing. */
export const atlasWork: ProjectWork = {
  needs,
  deliverables: needs.slice(0, 8).flatMap(({ paths }) => paths.map((path) => ({ id: path, name: path, path, owner: null, status: 'complete' as const }))),
  tasks: [...tasks('PRODUCT_MANAGER', 4, 4, on(19, '11:20:00')), ...tasks('ARCHITECT', 5, 5, on(19, '15:48:00')), ...tasks('FRONTEND_DEVELOPER', 8, 8, on(21, '13:50:00')), ...tasks('BACKEND_DEVELOPER', 6, 6, on(21, '13:58:00')), ...tasks('QA_ENGINEER', 4, 4, on(21, '20:52:00')), ...tasks('SECURITY_ENGINEER', 2, 2, at('01:15:00')), ...tasks('DEVOPS_ENGINEER', 5, 2, at('02:57:00'), 'run smoke tests on staging')],
  executions: [
    { id: 'x4', agent: 'DEVOPS_ENGINEER', status: 'completed', started_at: at('01:18:02'), ended_at: at('02:58:19'), model: 'claude-sonnet-4-20250514', input_tokens: 41_200, output_tokens: 9_800 },
    { id: 'x3', agent: 'BACKEND_DEVELOPER', status: 'failed', started_at: on(21, '12:04:00'), ended_at: on(21, '12:11:00'), model: null, input_tokens: null, output_tokens: null },
    { id: 'x2', agent: 'FRONTEND_DEVELOPER', status: 'failed', started_at: on(21, '11:02:00'), ended_at: on(21, '11:09:00'), model: null, input_tokens: null, output_tokens: null },
    { id: 'x1', agent: 'FRONTEND_DEVELOPER', status: 'completed', started_at: on(20, '10:26:00'), ended_at: on(20, '11:40:00'), model: null, input_tokens: null, output_tokens: null },
  ],
  documents: [document('RUNBOOK.md', 'DEPLOYMENT_GUIDE', 1, at('02:57:10')), document('SECURITY_AUDIT.md', 'OTHER', 3, at('01:12:30')), document('TEST_PLAN.md', 'TEST_PLAN', 2, on(21, '20:44:00')), document('openapi.yaml', 'API_SPEC', 4, on(20, '09:30:00')), ...Array.from({ length: 8 }, (_, index) => document(`NOTES_${index + 1}.md`, 'OTHER', 1, on(19, '10:00:00')))],
  costs: { total_usd: 41.2, input_tokens: 3_914_000, output_tokens: 612_000, executions: 96, by_agent: COSTS.map(([agent, usd, executions]) => ({ agent, usd, executions })) },
  blockers: [{ id: 'b1', description: 'staging had no certificate', severity: 'high', opened_at: at('01:40:00'), resolved_at: at('02:20:00') }],
};

/** The same once the smoke test is there. */
export const provenWork: ProjectWork = { ...atlasWork, needs: needs.map((one) => (one.gate === 'G8' ? { ...one, proofs: [proof('deployment_log', at('02:57:52')), proof('smoke_test', at('03:21:44'))] } : one)) };

export const toldOf = (value: ProjectWork | null, of: Partial<Told<ProjectWork>> = {}): Told<ProjectWork> => ({ connection: 'projects-eu', connection_name: 'projects-eu', value, refusal: null, error: null, freshness: SILENT, ...of });

const said = (seq: number, moment: string, kind: Event['kind'], of: Partial<Event> = {}): Event => ({ run_id: atlas.run, seq, at: moment, kind, step_id: null, step: null, attempt: null, actor: null, correlation_id: null, data: {}, source: { type: 'named', name: String(seq) }, ...of });
export const projectEvents: Event[] = [
  said(1, on(19, '08:50:00'), 'run.created', { actor: DANA }),
  said(2, on(21, '21:08:00'), 'gate.approved', { step: 'G6', actor: MIRA }),
  said(3, `${DAY}T01:17:33.000Z`, 'gate.approved', { step: 'G7', actor: LENA }),
  said(4, at('01:18:02'), 'run.noted', { data: { type: 'AgentStarted', agentType: 'DEVOPS_ENGINEER' } }),
  said(5, at('02:57:55'), 'step.waiting', { step: 'G8', source: { type: 'observed', after: at('02:57:40') } }),
  said(6, at('02:58:20'), 'gate.opened', { step: 'G8', data: { agentType: 'DEVOPS_ENGINEER' } }),
];
