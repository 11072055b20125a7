/** The typed request and reply of every command. What carries them is the platform's business. */
import type { Commands, WireError } from './schema';

export type Command = keyof Commands;
export type RequestOf<C extends Command> = Commands[C]['request'];
export type ReplyOf<C extends Command> = Commands[C]['reply'];

/** Sends one command and gives its reply. Rejects with a {@link CallError}, never with anything else. */
export type Call = <C extends Command>(command: C, request: RequestOf<C>) => Promise<ReplyOf<C>>;

/** A command that was refused or could not be carried out. */
export class CallError extends Error {
  constructor(readonly wire: WireError) {
    super(wire.message);
    this.name = 'CallError';
  }
}

function isWireError(value: unknown): value is WireError {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

/** Turns whatever a platform rejected with into a {@link CallError}. */
export function toCallError(reason: unknown): CallError {
  if (reason instanceof CallError) return reason;
  if (isWireError(reason)) return new CallError(reason);
  return new CallError({
    code: 'console_unreachable',
    message: 'The console did not answer.',
    hint: 'Check that Breakwater is still running, then try again.',
    correlationId: '',
  });
}
