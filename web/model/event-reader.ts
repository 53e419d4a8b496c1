/** Server-sent events out of pieces of text: calls back with the data of every event that is whole. Comments keep a line alive. */
export function eventReader(onData: (data: string) => void): (piece: string) => void {
  let unread = '';
  return (piece) => {
    const events = (unread + piece).split(/\r?\n\r?\n/);
    unread = events.pop() ?? '';
    for (const event of events) {
      const data = dataOf(event);
      if (data !== '') onData(data);
    }
  };
}

function dataOf(event: string): string {
  const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  return lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}
