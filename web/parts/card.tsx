/** One part of the page with its heading, and what stands at the heading's right. */
import type { ComponentChildren } from 'preact';

interface CardProps {
  readonly id: string;
  readonly title: string;
  readonly wide?: boolean;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Card({ id, title, wide = false, aside, children }: CardProps) {
  return (
    <section id={id} class={wide ? 'card wide' : 'card'} aria-labelledby={`${id}-heading`}>
      <div class="head">
        <h2 id={`${id}-heading`}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
