/** What stands around the runs: connections, breakers, templates, acts. */
import type { AppInfo, BreakerView, Capability, ConnectionView, Template } from '../../src/rpc/schema';
import { at, NOW, seconds } from './clock';
import { runs } from './runs';

const yes = (...actions: Capability['action'][]): Capability[] => actions.map((action) => ({ action, availability: 'yes', reason: null }));
const no = (action: Capability['action'], reason: string): Capability => ({ action, availability: 'no', reason });
const can: Capability[] = [...yes('preview', 'create_run', 'repeat_create', 'cancel_run', 'retry_step', 'retry_step_with_inputs', 'decide_gate', 'reject_gate', 'steps', 'events', 'logs', 'stream', 'templates', 'dead_letters', 'breakers', 'reset_breaker', 'queue', 'teams', 'api_keys', 'audit', 'billing', 'sign_in'), no('stores', 'this plane provisions no stores'), no('delete_store', 'this plane provisions no stores'), no('projects', 'this plane has no projects'), no('requeue_dead_letters', 'this plane tries the step of a run again instead')];
const makesStores: Capability[] = [...(['create_run', 'repeat_create', 'events', 'steps', 'stores', 'delete_store'] as const).map((action): Capability => ({ action, availability: 'yes', reason: null })), no('cancel_run', 'provisioning cannot be stopped; deleting the store removes it'), no('retry_step', 'the platform tries nothing again: delete the store and create it anew'), no('logs', 'the platform keeps no output of Helm or of pods'), no('preview', 'the platform judges a store only when it is created'), no('retry_step_with_inputs', 'the platform tries nothing again: delete the store and create it anew'), no('decide_gate', 'nothing on this platform waits for a person'), no('reject_gate', 'nothing on this platform waits for a person'), no('stream', 'the platform tells nothing by itself, so it is asked at intervals'), no('templates', 'stores are made of a name and an engine only'), no('dead_letters', 'failed stores stay in the list; there is no queue'), no('breakers', 'the platform has no breakers'), no('reset_breaker', 'the platform has no breakers'), no('projects', 'this platform has stores and no projects'), no('teams', 'the platform has no teams: a store belongs to whoever is named in a header'), no('api_keys', 'the platform asks nobody for a key'), no('queue', 'the platform shows no queue'), no('requeue_dead_letters', 'the platform shows no queue'), no('billing', 'the platform charges nobody')];


export const connection = (id: string, of: Partial<ConnectionView> = {}, state: ConnectionView['status']['state'] = 'live', seen = seconds(NOW, -1)): ConnectionView => ({
  id,
  name: id,
  kind: 'breakwater',
  base_url: `https://${id}.harbor.example`,
  environment: 'prod',
  read_only: false,
  built_in: false,
  credential: 'keychain',
  created_at: at('00:00:00'),
  recognised_by: null,
  poll_every_ms: null,
  cached_runs: runs.length,
  spending: null,
  asks_every_ms: null,
  who: null,
  status: { connection: id, state, since: at('01:00:00'), last_seen_at: seen, latency_ms: 38, server_version: '0.1.0', clock_skew_ms: 200, error: null, capabilities: can },
  ...of,
});

/** A platform that provisions stores. */
export const storePlatform = (of: Partial<ConnectionView> = {}, state: ConnectionView['status']['state'] = 'polled'): ConnectionView => {
  const one = connection('stores-eu', { kind: 'store-platform', ...of }, state, seconds(NOW, -7));
  return { ...one, status: { ...one.status, capabilities: makesStores } };
};

const carriesProjects: Capability[] = [...(['create_run', 'decide_gate', 'reject_gate', 'steps', 'events', 'projects'] as const).map((action): Capability => ({ action, availability: 'yes', reason: null })), no('cancel_run', 'FuzzyLlama offers no cancel: what its agents have begun, they finish'), no('logs', 'FuzzyLlama keeps no log of a project')];

/** A plane whose agents carry out projects. */
export const projectPlane = (of: Partial<ConnectionView> = {}, state: ConnectionView['status']['state'] = 'late', seen = at('03:12:08')): ConnectionView => {
  const one = connection('projects-eu', { kind: 'fuzzyllama', ...of }, state, seen);
  return { ...one, status: { ...one.status, capabilities: carriesProjects } };
};

const flow = connection('flow-eu', { recognised_by: 'this is Breakwater, because its liveness answers 200 ok as ours does', spending: { reads: 370, acts: 42, left: { limit: 1_000, remaining: 588, resets_in_ms: 408_000 } } });

export const connections: ConnectionView[] = [flow, storePlatform({ recognised_by: 'this looks like the store platform, because its root names an endpoint for stores', spending: { reads: 90, acts: 2, left: { limit: 1_000, remaining: 908, resets_in_ms: 311_000 } }, asks_every_ms: 10_000 }), projectPlane()];

export const appInfo: AppInfo = { version: '0.1.0', data_dir: '~/.local/share/breakwater', keychain: { available: true, reason: null, remedy: null }, cache_notice: null, built_in_plane: 'embedded', first_run: false, updates_configured: false, now: NOW };

export const breakers: BreakerView[] = [
  { connection_name: 'flow-eu', freshness: { read_at: seconds(NOW, -1), state: 'live' }, id: 'ai:anthropic', protects: 'anthropic', source: 'control_plane', connection: 'flow-eu', state: 'open', last_state: 'open', since: at('03:07:12'), cause: 'overloaded', consecutive_failures: 5, failure_threshold: 5, success_threshold: 2, next_probe_at: at('03:18:27'), calls: 1_204, failures: 37, rejections: 28, times_opened: 1, last_call_at: at('03:12:27'), isolation: null },
];

export const templates: Template[] = [
  { id: 'verify-repository', title: 'Verify this repository', summary: 'Checks git, format and tests of a folder with the commands that are found there.', fields: [{ name: 'folder', label: 'Folder', kind: 'folder', default: null }] },
  { id: 'http-smoke-test', title: 'HTTP smoke test', summary: 'Asks an address and judges status and body.', fields: [{ name: 'url', label: 'Address', kind: 'url', default: null }, { name: 'status', label: 'Expected status', kind: 'text', default: '200' }] },
  { id: 'ask-and-gate', title: 'Ask a model and gate the answer', summary: 'A provider answers, a person decides whether it may be used.', fields: [{ name: 'question', label: 'Question', kind: 'text', default: null }] },
];
