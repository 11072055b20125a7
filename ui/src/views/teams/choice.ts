/** Which team is on screen, out of what every plane tells. Pure. */
import type { Team, Told } from '../../rpc/schema';

export type ToldTeams = Told<Team[]>;

/** Planes that have teams, or had some when they were last read. */
export const withTeams = (told: readonly ToldTeams[]): ToldTeams[] => told.filter((one) => one.refusal === null || one.value !== null);

export interface Choice {
  plane: ToldTeams;
  /** `null` where we are in no team of this plane, or in none of the one that was asked for. */
  team: Team | null;
}

/** The team that the address names, or the first that there is; `null` where no plane has teams, or not the one named. */
export function choose(told: readonly ToldTeams[], connection: string, team: string): Choice | null {
  const planes = withTeams(told);
  const plane = connection === '' ? (planes.find((one) => (one.value?.length ?? 0) > 0) ?? planes[0]) : planes.find((one) => one.connection === connection);
  if (!plane) return null;
  const own = plane.value ?? [];
  return { plane, team: (team === '' ? own[0] : own.find((one) => one.id === team)) ?? null };
}
