/**
 * The schema of one entry of `faults`: every key of every kind, each with its form. Which keys belong together, and
 * which agents there are, is said by faults.ts: it can say it in better words than a union of branches.
 */
import Type, { type Static } from 'typebox';
import { DEFAULTS } from './defaults.ts';
import { DURATION, LASTING, PERCENT, POINT, RATE, SIZE, type Form } from './quantity.ts';
import { FAULT_PHASES } from './vocabulary.ts';

const text = ({ pattern, words }: Form, description: string) => Type.String({ pattern, title: words, description });

const bare = ({ pattern, words }: Form) => Type.String({ pattern, title: words });

const agent = (description: string) => Type.Integer({ minimum: 0, description });

const party = (description: string) => Type.Union([Type.Integer({ minimum: 0 }), Type.Literal('coordinator')], { description });

const probability = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), bare(PERCENT)], {
    title: 'a probability from 0 to 1, or a percentage such as "2%"',
    description: `${description}; a probability per frame`,
  });

const TRIGGER = Type.Union([Type.Integer({ minimum: 0 }), Type.Enum([...FAULT_PHASES]), bare(POINT)], {
  title: `a cooperating step, ${POINT.words.replace(', or', ',')}, or one of ${FAULT_PHASES.join(', ')}`,
  description: 'When it begins: steps and percentages are of the cooperating steps of all arms; absent means from the start',
});

const END = String.raw`(\d+|coordinator)`;

const LINK: Form = {
  pattern: `^(all|${END} ?<?-> ?${END})$`,
  words: '"all", or two ends such as "3<->7", "3->7" or "3<->coordinator"',
};

const MEMBER = Type.Union([Type.Integer({ minimum: 0 }), bare({ pattern: String.raw`^(\d+( ?- ?\d+)?|coordinator)$`, words: '' })], {
  title: 'an agent by index, a range such as "2-4", or coordinator',
});

const GROUPS = Type.Array(Type.Array(MEMBER, { minItems: 1 }), {
  minItems: 2,
  title: 'groups of agents such as [[0, 1], ["2-4"]]',
  description: 'These groups do not reach one another; the coordinator may stand in one, and reaches all if it does not',
});

/** On links. */
const CONDITIONS = {
  delay: Type.Optional(text(DURATION, 'Link: everything arrives later by this')),
  jitter: Type.Optional(text(DURATION, 'Link: and by up to this, at random')),
  loss: Type.Optional(probability('Link: frames that are lost')),
  duplicate: Type.Optional(probability('Link: frames that come twice')),
  reorder: Type.Optional(probability('Link: frames that are overtaken by the next')),
  corrupt: Type.Optional(probability('Link: frames with one bit wrong')),
  bandwidth: Type.Optional(
    Type.Union([Type.Number({ exclusiveMinimum: 0 }), bare(RATE)], {
      title: `bytes per second, or ${RATE.words}`,
      description: 'Link: no more than this passes',
    }),
  ),
  blackhole: Type.Optional(Type.Boolean({ description: 'Link: nothing passes and nobody is told' })),
  reset: Type.Optional(Type.Boolean({ description: 'Link: connections break as soon as they carry something' })),
  slice: Type.Optional(Type.Integer({ minimum: 1, description: 'Link: TCP segments of at most so many bytes' })),
  limitData: Type.Optional(
    Type.Union([Type.Integer({ minimum: 1 }), bare(SIZE)], { title: `bytes, or ${SIZE.words}`, description: 'Link: a connection closes after so many bytes' }),
  ),
  slowClose: Type.Optional(text(DURATION, 'Link: a close is passed on only after this')),
};

/** Exactly one of these says what an entry is. */
const KINDS = {
  link: Type.Optional(text(LINK, 'What happens on links: at least one of the keys marked so')),
  partition: Type.Optional(GROUPS),
  isolate: Type.Optional(agent('This agent is cut off from everybody, the coordinator included')),
  kill: Type.Optional(party('This process is killed (SIGKILL)')),
  restart: Type.Optional(party('This process is killed and started again at once')),
  pause: Type.Optional(party('This process is stopped (SIGSTOP), and goes on when the fault is over')),
  slowCpu: Type.Optional(agent('This agent computes slower')),
  diskFull: Type.Optional(agent("This agent's checkpoints fail as on a full disk")),
};

export const FAULT = Type.Object(
  {
    at: Type.Optional(TRIGGER),
    for: Type.Optional(text(LASTING, 'How long it lasts; absent means until the run ends')),
    ...KINDS,
    ...CONDITIONS,
    direction: Type.Optional(
      Type.Enum(['both', 'one-way'], { default: 'both', description: 'Partition: one-way swallows only what the first group sends to the others' }),
    ),
    restartAfter: Type.Optional(text(DURATION, 'Kill: when the process is started again; absent means never')),
    factor: Type.Optional(Type.Number({ minimum: 1, default: DEFAULTS.slowCpuFactor, description: 'Slow CPU: how many times slower' })),
  },
  {
    description: 'What is broken on purpose: when, for how long, and one of link, partition, isolate, kill, restart, pause, slowCpu, diskFull',
    additionalProperties: false,
  },
);

/** A valid entry by the schema alone. */
export type FaultEntry = Static<typeof FAULT>;

export type FaultKey = keyof typeof KINDS;
export type ConditionKey = keyof typeof CONDITIONS;

export const FAULT_KEYS = Object.keys(KINDS) as FaultKey[];
export const CONDITION_KEYS = Object.keys(CONDITIONS) as ConditionKey[];
