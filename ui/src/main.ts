import './locale-guard';
import './styles/tokens.css';
import './styles/latin-ext.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { choosePlatform } from './platform/choose';
import { Session } from './state/session.svelte';

const target = document.getElementById('app');
if (target) {
  const session = new Session(await choosePlatform());
  // Theme and zone are known before the first paint, so that nothing flashes; a silent console delays it only this long.
  await Promise.race([session.preferences.load(), new Promise((done) => setTimeout(done, 400))]);
  mount(App, { target, props: { session } });
}
