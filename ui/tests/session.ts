/** A session at a fixed moment, for components that need one. */
import { Clock } from '../src/state/clock.svelte';
import { Session, sessionContext } from '../src/state/session.svelte';
import { NOW } from './incident/clock';
import { ScriptedPlatform } from './scripted-platform';

export function fixedSession(platform = new ScriptedPlatform()): { session: Session; platform: ScriptedPlatform; context: ReturnType<typeof sessionContext> } {
  const session = new Session(platform, new Clock(() => Date.parse(NOW)));
  return { session, platform, context: sessionContext(session) };
}
