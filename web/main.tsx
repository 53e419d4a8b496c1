/** The live page: what the coordinator of a run shows in a browser, and what `kindred show --open` shows of stored runs. */
import { render } from 'preact';
import { Page } from './page.tsx';

const page = document.querySelector('#page')!;
// What stood there while this program was on its way.
page.replaceChildren();
render(<Page />, page);
