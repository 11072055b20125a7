/** The verdict and the problems as Markdown, with the same words as the page. Pure: data in, text out. */
import type { Problem, Triage } from '../../rpc/schema';
import { wordsOf, type Told } from './problem-words';
import type { Verdict } from './verdict';

/** What a plane wrote may hold what Markdown reads as its own. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&');

function line(problem: Problem, told: Told): string {
  const words = wordsOf(problem, told);
  const inHand = problem.acknowledged ? ` Acknowledged by ${problem.acknowledged.actor}.` : '';
  return `| ${words.word} | ${plain(words.title)}. ${plain(words.detail)}${plain(inHand)} | ${told.moment(problem.since)} | ${plain(words.affected.join(', '))} |`;
}

export function asMarkdown(triage: Triage, verdict: Verdict, told: Told): string {
  const head = [`# ${plain(verdict.title)}`, '', plain(verdict.detail), '', `As of ${triage.at}; moments are ${told.zone}.`, ''];
  const problems = triage.problems.length === 0 ? ['No open problems.'] : ['| State | Cause | Since | Affected |', '| --- | --- | --- | --- |', ...triage.problems.map((problem) => line(problem, told))];
  const alone = triage.alone.length === 0 ? [] : ['', `${triage.alone_in_all} failed without a shared cause: ${triage.alone.map((one) => plain(`${one.step ?? 'unknown step'} in ${one.goal} (${one.run})`)).join('; ')}.`];
  const unread = triage.unread_runs === 0 ? [] : ['', `${triage.unread_runs} runs changed and have not been read.`];
  return [...head, ...problems, ...alone, ...unread, ''].join('\n');
}
