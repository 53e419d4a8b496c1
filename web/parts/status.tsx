/** How a run stands: a word, and a shape that says it without colour. */
const SHAPES: Readonly<Record<string, string>> = { completed: '✓', 'completed-with-missing': '◐', failed: '✕', cancelled: '■', unfinished: '…' };

export function Status({ status, live, paused = false }: { status: string; live: boolean; paused?: boolean }) {
  const kind = paused ? 'paused' : live ? 'live' : status === 'failed' ? 'bad' : 'done';
  return (
    <span class={`status ${kind}`}>
      <span aria-hidden="true">{paused ? '❚❚' : live ? '●' : (SHAPES[status] ?? '·')}</span> {paused ? `paused (${status})` : status.replaceAll('-', ' ')}
    </span>
  );
}
