/** A plan that is being written or filled in, and what the control plane would make of it. Nothing is judged here. */
import { toCallError, type Call } from '../../rpc/call';
import type { JsonValue, Preview, Template, WireError } from '../../rpc/schema';
import { randomKey } from '../../state/random-key';
import { filled, missingField } from './TemplateForm.svelte';

export const JUDGE_AFTER_MS = 300;

export class PlanDraft {
  template = $state.raw<Template | null>(null);
  values = $state.raw<Record<string, string>>({});
  text = $state('');
  preview = $state.raw<Preview | null>(null);
  error = $state.raw<WireError | null>(null);
  judging = $state(false);
  /** The plan that the newest preview is about. */
  #plan: JsonValue | null = null;
  #call: Call;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One key for one wish: a second click starts no second run, while another plan or another start is a new wish. */
  #idempotencyKey = randomKey();
  #wish = '';

  constructor(call: Call) {
    this.#call = call;
  }

  /** Judges the draft after a pause in typing; an older answer never replaces a newer one. */
  judge(connection: string | undefined): void {
    clearTimeout(this.#timer);
    const turn = (this.#turn += 1);
    const template = this.template;
    const nothing = template ? missingField(template, this.values) !== null : this.text.trim() === '';
    if (nothing) {
      this.preview = null;
      this.error = null;
      this.judging = false;
      this.#plan = null;
      return;
    }
    this.judging = true;
    this.#timer = setTimeout(() => void this.#ask(turn, template, connection), JUDGE_AFTER_MS);
  }

  async #ask(turn: number, template: Template | null, connection: string | undefined): Promise<void> {
    const place = connection === undefined ? {} : { connection };
    try {
      let plan: JsonValue = this.text;
      let preview: Preview;
      if (template) {
        const reply = await this.#call('templates.fill', { ...place, template: template.id, values: filled(this.values) });
        ({ plan, preview } = reply);
      } else {
        preview = await this.#call('runs.preview', { ...place, plan });
      }
      if (turn !== this.#turn) return;
      this.#plan = plan;
      this.preview = preview;
      this.error = null;
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.preview = null;
      this.error = toCallError(reason).wire;
    }
    this.judging = false;
  }

  /** Why it cannot be started now; `null` when it can. */
  get refusal(): string | null {
    if (this.template) {
      const missing = missingField(this.template, this.values);
      if (missing !== null) return `${missing} must be filled in`;
    } else if (this.text.trim() === '') return 'there is no plan yet';
    if (this.judging) return 'the plan is being checked';
    if (this.error) return this.error.message;
    return this.preview?.valid ? null : 'the plan has faults';
  }

  /** Goes on with the template's plan as text. */
  edit(): void {
    if (this.#plan === null) return;
    this.text = JSON.stringify(this.#plan, null, 2);
    this.template = null;
  }

  /** `team` is the one that the run is to belong to, where its plane needs to be told. */
  async start(connection: string | undefined, team?: string): Promise<{ connection: string; id: string }> {
    // Taken at the start, not while typing: what was changed and changed back after a lost answer is still the same wish.
    const wish = JSON.stringify([connection, team, this.template?.id, this.template ? filled(this.values) : this.text]);
    if (wish !== this.#wish) this.#idempotencyKey = randomKey();
    this.#wish = wish;
    const run = await this.#call('runs.create', {
      ...(connection === undefined ? {} : { connection }),
      ...(team === undefined ? {} : { team }),
      plan: this.#plan ?? this.text,
      ...(this.template ? { template: this.template.id } : {}),
      idempotency_key: this.#idempotencyKey,
    });
    this.#wish = '';
    return run;
  }
}
