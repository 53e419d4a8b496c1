/**
 * Where the reader is, as the address's fragment says it: #/ the list, #/runs/ID, #/compare/A/B. A token may stand there too,
 * `token=...`: it is taken out of the address at once, so that no history, bookmark or copied address holds it.
 */
export type Route =
  { readonly page: 'list' } | { readonly page: 'run'; readonly runId: string } | { readonly page: 'compare'; readonly runIds: readonly string[] };

export interface Fragment {
  readonly token: string | null;
  readonly route: Route;
}

export function readFragment(fragment: string): Fragment {
  const text = fragment.replace(/^#/, '');
  const token = /(?:^|[?&#])token=([^&]*)/.exec(text);
  const rest = token === null ? text : text.replace(token[0], '').replace(/^[?&]/, '');
  return { token: token === null ? null : decode(token[1]), route: routeOf(rest) };
}

export function addressOf(route: Route): string {
  if (route.page === 'run') return `#/runs/${encodeURIComponent(route.runId)}`;
  if (route.page === 'compare') return `#/compare/${route.runIds.map(encodeURIComponent).join('/')}`;
  return '#/';
}

function routeOf(path: string): Route {
  const [page, ...names] = path
    .replace(/[?&].*$/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  if (page === 'runs' && names.length === 1) return { page: 'run', runId: names[0] };
  if (page === 'compare' && names.length === 2) return { page: 'compare', runIds: names };
  return { page: 'list' };
}

/** What is no proper encoding is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
