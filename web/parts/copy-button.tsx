/** Copies a text, and says that it did; where a browser forbids it, the text can be marked by hand. */
import { useState } from 'preact/hooks';

export function CopyButton({ text, children }: { text: string; children: string }) {
  const [said, setSaid] = useState('');
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setSaid('copied'),
      () => setSaid('mark the text and copy it: this browser forbids the button'),
    );
  return (
    <>
      <button type="button" onClick={copy}>
        {children}
      </button>
      <span class="quiet" role="status">
        {said}
      </span>
    </>
  );
}
