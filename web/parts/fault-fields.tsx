/** The fields of the form of faults: those that the chosen kind has. */
import type { ComponentChildren } from 'preact';
import type { FaultForm, FaultKind } from '../model/fault-entry.ts';

const KINDS: Readonly<Record<FaultKind, string>> = {
  link: 'Slow or lossy link',
  cut: 'Cut a link',
  partition: 'Partition',
  pause: 'Freeze a process',
  kill: 'Kill a process',
};

interface FieldsProps {
  readonly form: FaultForm;
  readonly names: readonly string[];
  readonly onChange: (change: Partial<FaultForm>) => void;
}

export function FaultFields({ form, names, onChange }: FieldsProps) {
  const fields = { form, names, onChange };
  return (
    <div class="fields">
      <Field label="What">
        <select value={form.kind} onChange={(event) => onChange({ kind: event.currentTarget.value as FaultKind })}>
          {Object.entries(KINDS).map(([kind, text]) => (
            <option key={kind} value={kind}>
              {text}
            </option>
          ))}
        </select>
      </Field>
      {(form.kind === 'link' || form.kind === 'cut') && <LinkEnds {...fields} />}
      {form.kind === 'link' && <Conditions {...fields} />}
      {form.kind === 'partition' && <Text name="groups" label="Groups, apart by |" {...fields} />}
      {(form.kind === 'pause' || form.kind === 'kill') && <PartyField name="agent" label="Whose" extra={['coordinator', 'the coordinator']} {...fields} />}
      {form.kind === 'kill' ? <Text name="restartAfter" label="Start again after (s), empty: never" number {...fields} /> : <Lasting {...fields} />}
    </div>
  );
}

function LinkEnds(fields: FieldsProps) {
  const { form, onChange } = fields;
  return (
    <>
      <PartyField name="from" label="From" extra={['all', 'all links']} {...fields} />
      {form.from !== 'all' && (
        <>
          <PartyField name="to" label="To" extra={['coordinator', 'the coordinator']} {...fields} />
          <label class="check">
            <input type="checkbox" checked={form.bothWays} onChange={(event) => onChange({ bothWays: event.currentTarget.checked })} />
            both ways
          </label>
        </>
      )}
    </>
  );
}

function Conditions(fields: FieldsProps) {
  return (
    <>
      <Text name="delay" label="Delay (ms)" number {...fields} />
      <Text name="jitter" label="Jitter (ms)" number {...fields} />
      <Text name="loss" label="Loss (%)" number {...fields} />
      <Text name="bandwidth" label="At most (kB/s)" number {...fields} />
    </>
  );
}

function Lasting(fields: FieldsProps) {
  const { form, onChange } = fields;
  return (
    <>
      <Text name="duration" label="For, empty: until cleared" number {...fields} />
      <Field label="Unit">
        <select value={form.unit} onChange={(event) => onChange({ unit: event.currentTarget.value as FaultForm['unit'] })}>
          <option value="s">seconds</option>
          <option value="rounds">rounds</option>
        </select>
      </Field>
    </>
  );
}

type TextName = 'delay' | 'jitter' | 'loss' | 'bandwidth' | 'groups' | 'restartAfter' | 'duration';

interface TextProps extends FieldsProps {
  readonly name: TextName;
  readonly label: string;
  readonly number?: boolean;
}

function Text({ name, label, number = false, form, onChange }: TextProps) {
  return (
    <Field label={label}>
      <input
        type="text"
        inputMode={number ? 'decimal' : 'text'}
        size={number ? 7 : 16}
        value={form[name]}
        onInput={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    </Field>
  );
}

interface PartyFieldProps extends FieldsProps {
  readonly name: 'from' | 'to' | 'agent';
  readonly label: string;
  /** One more choice besides the agents: value and words. */
  readonly extra: readonly [string, string];
}

function PartyField({ name, label, extra: [value, words], form, names, onChange }: PartyFieldProps) {
  return (
    <Field label={label}>
      <select value={form[name]} onChange={(event) => onChange({ [name]: event.currentTarget.value })}>
        {names.map((agent, i) => (
          <option key={i} value={String(i)}>
            {agent}
          </option>
        ))}
        <option value={value}>{words}</option>
      </select>
    </Field>
  );
}

function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}
