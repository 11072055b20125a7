/** The night that every fixture tells of: 22 August 2026, seen at 03:14:22 UTC. */
export const DAY = '2026-08-22';
export const NOW = `${DAY}T03:14:22.000Z`;

/** `at('03:07:12')` of that day. */
export const at = (clock: string): string => `${DAY}T${clock.includes('.') ? clock : `${clock}.000`}Z`;
export const seconds = (from: string, add: number): string => new Date(Date.parse(from) + add * 1_000).toISOString();
