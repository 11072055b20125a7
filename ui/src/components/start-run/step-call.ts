/** What a step of a plan would carry out, as its author wrote it: a command, a request, a question. Nothing is resolved or run. */
import type { JsonValue, PlanStep } from '../../rpc/schema';

export interface StepCall {
  /** The command line, the request or the question; `null` where there is nothing to say beyond the tool. */
  what: string | null;
  /** The folder that it runs in, where the plan names one. */
  where: string | null;
}

const text = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? value : null);

/** One word of a command line; quoted where a shell would take it apart, so that the line says what it means. */
function word(value: JsonValue): string {
  const plain = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}

export function stepCall({ tool, inputs }: Pick<PlanStep, 'tool' | 'inputs'>): StepCall {
  const argv = inputs['argv'];
  if (Array.isArray(argv)) return { what: argv.map(word).join(' '), where: text(inputs['cwd']) };
  const script = text(inputs['script']);
  if (script !== null) return { what: script, where: text(inputs['cwd']) };
  const url = text(inputs['url']);
  if (url !== null) return { what: `${text(inputs['method']) ?? 'GET'} ${url}`, where: null };
  if (tool === 'ai') return { what: [text(inputs['provider']), text(inputs['model']), text(inputs['prompt'])].filter((part) => part !== null).join(': ') || null, where: null };
  return { what: text(inputs['question']), where: null };
}
