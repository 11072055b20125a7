/** What each kind of control plane is called, everywhere. */
import type { ControlPlaneKind } from '../rpc/schema';

export const KINDS: Record<ControlPlaneKind, string> = { breakwater: 'Breakwater', nofx: 'NOFX', 'store-platform': 'Store platform', fuzzyllama: 'FuzzyLlama' };
