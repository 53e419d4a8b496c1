/** Breaking things on purpose: a form that shows the YAML it will send. What was done is recorded and can be saved as a plan. */
import { useState } from 'preact/hooks';
import type { RunView } from '../../core/run-view.ts';
import { clearFaults, fetchPlan, injectFaults, wordsOf } from '../api.ts';
import { emptyForm, entryOf, yamlOf, type FaultForm } from '../model/fault-entry.ts';
import { Card } from './card.tsx';
import { FaultFields } from './fault-fields.tsx';

export function FaultControls({ view }: { view: RunView }) {
  const [form, setForm] = useState<FaultForm>(() => emptyForm(view.agents ?? view.peers.length));
  const [said, setSaid] = useState<Said>({ text: '', bad: false });
  const entry = entryOf(form);
  const act = (what: Promise<unknown>, done: string): void => {
    setSaid({ text: '', bad: false });
    void what.then(
      () => setSaid({ text: done, bad: false }),
      (error) => setSaid({ text: wordsOf(error), bad: true }),
    );
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    act(injectFaults(view.runId, [entry]), 'injected');
  };
  return (
    <Card id="faults" title={view.live ? 'Break something' : 'What was broken'} aside={<span class="quiet">every act is recorded</span>}>
      {view.live && view.steerable && (
        <form onSubmit={submit}>
          <FaultFields form={form} names={view.peers.map(({ name }) => name)} onChange={(change) => setForm({ ...form, ...change })} />
          <p class="quiet">This is sent:</p>
          <pre class="yaml" tabIndex={0} aria-label="The fault as YAML">
            {yamlOf(entry)}
          </pre>
          <div class="buttons">
            <button class="primary">Inject</button>
            <button type="button" onClick={() => act(clearFaults(view.runId), 'every fault is cleared')}>
              Clear all faults
            </button>
          </div>
        </form>
      )}
      {view.live && !view.steerable && <p class="quiet">This page may only look. The address with the operator token may steer.</p>}
      <div class="buttons">
        <button type="button" onClick={() => act(savePlan(view.runId), 'saved')}>
          Save the plan as YAML
        </button>
        <span class={said.bad ? 'warn' : 'quiet'} role="status">
          {said.text}
        </span>
      </div>
    </Card>
  );
}

interface Said {
  readonly text: string;
  readonly bad: boolean;
}

/** A link would carry no token: the file is asked for, then handed over. */
async function savePlan(runId: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([await fetchPlan(runId)], { type: 'application/yaml' }));
  const link = document.createElement('a');
  Object.assign(link, { href: address, download: `${runId}-faults.yaml` });
  link.click();
  URL.revokeObjectURL(address);
}
