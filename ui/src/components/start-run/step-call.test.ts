import { expect, test } from 'vitest';
import type { JsonValue } from '../../rpc/schema';
import { stepCall } from './step-call';

const call = (tool: string, inputs: Record<string, JsonValue>) => stepCall({ tool, inputs });

test('a command is shown as it would be typed, with its folder', () => {
  expect(call('gate:test-rust', { argv: ['cargo', 'test', '--workspace'], cwd: '/home/ana/harbor' }), 'nothing is hidden').toEqual({ what: 'cargo test --workspace', where: '/home/ana/harbor' });
  expect(call('shell', { argv: ['sh', '-c', "echo it's a pier; ls", 7] }).what, 'an argument of many words stays one').toBe("sh -c 'echo it'\\''s a pier; ls' 7");
  expect(call('shell', { script: 'make all\nmake check' }).what, 'a script is shown whole').toBe('make all\nmake check');
});

test('a request, a question to a model and one to a person say what they ask', () => {
  expect(call('http', { url: 'https://harbor.example/health' }).what, 'GET unless another method is written').toBe('GET https://harbor.example/health');
  expect(call('http', { url: 'https://harbor.example', method: 'POST', headers: { authorization: 'x' } }).what, 'headers may hold secrets').toBe('POST https://harbor.example');
  expect(call('ai', { provider: 'anthropic', model: 'claude', prompt: 'Is it safe?' }).what, 'who is asked, and what').toBe('anthropic: claude: Is it safe?');
  expect(call('manual:release', { question: 'Light them up?' }).what, 'a person is asked this').toBe('Light them up?');
  expect(call('wait', { for: '5s' }), 'the tool says enough').toEqual({ what: null, where: null });
});
