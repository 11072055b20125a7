/** The incident behind every command that the screens ask. */
import type { RunQuery, RunRow } from '../../src/rpc/schema';
import { appInfo, breakers, connections, templates } from '../incident/around';
import { breakerEvents } from '../incident/breakers';
import { events, logLines, lumenView } from '../incident/lumen';
import { atlas, atlasWork, projectEvents, projects, toldOf } from '../incident/projects';
import { notices } from '../incident/notices';
import { incidentHistory, readinessOn } from '../incident/readiness';
import { LUMEN, runs } from '../incident/runs';
import { storeEvents, stores } from '../incident/stores';
import { acts, billing, keys, nofx, people, told, toldQueues, toldTeams } from '../incident/teams';
import { blast, coverage, nightActs, triage } from '../incident/triage';
import { Refusal, type Handlers } from './scripted-console';

function list(request: RunQuery, all: readonly RunRow[]) {
  const near = all.filter((run) => (!request.text || JSON.stringify(run).toLowerCase().includes(request.text.toLowerCase())) && (!request.since || run.created_at >= request.since) && (!request.connection || run.connection === request.connection));
  const wanted = near.filter((run) => !request.statuses?.length || request.statuses.includes(run.status));
  const from = request.after ? wanted.findIndex((run) => run.id === request.after) + 1 : 0;
  const items = wanted.slice(from, from + (request.limit ?? 50));
  const statuses = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
  return {
    items,
    next: from + items.length < wanted.length ? (items.at(-1)?.id ?? null) : null,
    matching: wanted.length,
    total: all.length,
    counts: statuses.map((status) => ({ status, count: near.filter((run) => run.status === status).length })),
  };
}

/** The step of a request by name or id. */
const stepId = (step: string | undefined): string | undefined => (step === undefined ? undefined : step.startsWith('stp_') ? step : `stp_${step}`);

export function incident(): Handlers {
  let preferences: Record<string, never> | object = {};
  const live = { read_at: '2026-08-22T03:14:21.000Z', state: 'live' as const };
  return {
    'app.info': () => appInfo,
    'connections.list': () => [...connections, nofx()],
    'breakers.list': () => breakers,
    'readiness.get': ({ connection }) => readinessOn(connection),
    'readiness.history': () => incidentHistory,
    'readiness.report': ({ format }) => ({ name: `readiness-flow-eu.${format}`, text: '# Readiness of flow-eu' }),
    'templates.list': () => templates,
    'acts.list': () => [...nightActs, ...acts, { at: '2026-08-22T03:12:40.000Z', actor: 'Mira Halvorsen', action: 'retry_step', connection: 'flow-eu', target: `${LUMEN}/codegen`, reason: 'provider said try later', outcome: 'done', correlation_id: 'req-1' }],
    'preferences.get': () => preferences as never,
    'preferences.set': ({ key, value }) => (preferences = { ...preferences, [key]: value }) as never,
    'notices.list': () => notices,
    'notices.set': (settings) => ({ ...notices, settings }),
    'notices.looking': () => null as never,
    'runs.list': (request) => list(request, runs),
    'runs.get': ({ run }) => {
      const found = runs.find((row) => row.id === run);
      if (!found) throw new Refusal(404, { code: 'not_found', message: `There is no run ${run}.`, hint: 'It may have been removed from the cache.', correlationId: 'req-404' });
      return found.id === LUMEN ? lumenView : { ...lumenView, ...found, steps: lumenView.steps };
    },
    'stores.list': () => ({ items: stores, more: false }),
    'projects.list': () => ({ items: projects, more: false }),
    'projects.work': ({ run }) => toldOf(run === atlas.run ? atlasWork : { ...atlasWork, needs: null, executions: null, blockers: null }),
    'runs.events': ({ connection, after = 0 }) => {
      const own = connection === 'stores-eu' ? storeEvents : connection === 'projects-eu' ? projectEvents : events;
      return { items: own.filter((event) => event.seq > after), next: null, last_seq: own.length, complete: true, freshness: live };
    },
    'teams.list': () => toldTeams,
    'teams.people': ({ team }) => told({ ...people, team }),
    'api_keys.list': () => [told(keys)],
    'billing.get': () => told(billing),
    'breakers.history': ({ breaker }) => told(breaker === 'ai:anthropic' ? breakerEvents : [], { connection: 'flow-eu', connection_name: 'flow-eu' }),
    'queues.list': () => toldQueues,
    'runs.logs': ({ step, after = 0, limit = 500 }) => {
      const found = logLines.filter((line) => line.seq > after && (step === undefined || line.step_id === stepId(step)));
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? (items.at(-1)?.seq ?? null) : null, last_seq: logLines.length, complete: true, freshness: live };
    },
    'runs.find_in_log': ({ step, text, match_case }) => {
      const own = logLines.filter((line) => step === undefined || line.step_id === stepId(step));
      const fold = (value: string) => (match_case ? value : value.toLowerCase());
      const seqs = own.filter((line) => fold(line.text).includes(fold(text))).map((line) => line.seq);
      return { seqs, total: seqs.length, searched: own.length };
    },
    'runs.watch': () => null,
    'runs.preview': ({ plan }) => (String(plan).includes('goal') ? { valid: true, faults: [], layers: [['hello'], ['check', 'lint']], plan: { goal: 'Say hello', metadata: {}, steps: ['hello', 'check', 'lint'].map((name, index) => ({ name, tool: 'shell', inputs: {}, depends_on: index ? ['hello'] : [], retry: { max_attempts: 2, delay_ms: 1000, max_delay_ms: 5000 }, timeout_ms: 60_000, on_restart: 'rerun', severity: 'critical' })) } } : { valid: false, plan: null, layers: [], faults: [{ path: 'goal', rule: 'required', message: 'The plan has no goal.', remedy: 'Write one sentence that says what the run is for.' }, { path: 'steps[1].depends_on[0]', rule: 'unknown_step', message: 'There is no step named "bulid".', remedy: 'Did you mean "build"?' }] }),
    'templates.fill': () => ({ plan: { goal: 'Verify' }, preview: { valid: true, faults: [], layers: [['status'], ['format', 'test']], plan: { goal: 'Verify', metadata: {}, steps: ['status', 'format', 'test'].map((name, index) => ({ name, tool: index ? `gate:${name}` : 'shell', inputs: {}, depends_on: index ? ['status'] : [], retry: { max_attempts: 1, delay_ms: 0, max_delay_ms: 0 }, timeout_ms: 600_000, on_restart: 'rerun', severity: 'critical' })) } } }),
    'folders.list': ({ path }) => [{ path: `${path || '/home/mira'}/harbor`.replace('//', '/'), is_repository: true }, { path: `${path || '/home/mira'}/notes`.replace('//', '/'), is_repository: false }],
    'coverage.get': () => coverage,
    'triage.get': () => triage,
    'triage.acknowledge': () => triage,
    'breakers.blast_radius': () => blast,
    search: () => [],
  };
}
