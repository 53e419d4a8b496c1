/** One sentence where there is nothing else to show. */
import type { ComponentChildren } from 'preact';

export function Note({ busy = false, children }: { busy?: boolean; children: ComponentChildren }) {
  return (
    <p class="note" role="status" aria-busy={busy}>
      {children}
    </p>
  );
}
