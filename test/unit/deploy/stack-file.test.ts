/** stack.yaml, read back: one service of K agents, each known by its slot. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotPath, stackText } from '../../../deploy/stack-file.ts';
import { paper, RUN, stack, table } from './fixture.ts';

test('one service of agents, hardened and limited like the coordinator', () => {
  const { services } = stack(paper(64));
  assert.deepEqual(Object.keys(services), ['coordinator', 'agent']);
  for (const [name, service] of Object.entries(services)) {
    const { user, read_only, cap_drop, init, ports } = service;
    assert.deepEqual({ user, read_only, cap_drop, init, ports }, { user: '1000:1000', read_only: true, cap_drop: ['ALL'], init: true, ports: undefined }, name);
    const deploy = service['deploy'] as { resources: { limits: { memory: string } }; restart_policy: { condition: string }; endpoint_mode: string };
    assert.ok(Number(deploy.resources.limits.memory) > 0);
    assert.equal(deploy.restart_policy.condition, 'on-failure');
    assert.equal(deploy.endpoint_mode, 'dnsrr');
    assert.deepEqual(service['labels'], { 'kindred.run': RUN, 'kindred.party': name });
  }
  assert.equal((services['agent']['deploy'] as { replicas: number }).replicas, 64);
});

test('index, name, checkpoints and table follow from the slot', () => {
  const { services, volumes } = stack(table());
  const { agent } = services;
  assert.deepEqual(agent['environment'], { KINDRED_SLOT: '{{.Task.Slot}}', KINDRED_TASK: '{{.Task.Name}}' });
  const [command] = agent['command'] as string[];
  // A stack file is read like a compose file: `$$` is a dollar.
  assert.match(command, /--index \$\$\(\(KINDRED_SLOT - 1\)\) /);
  assert.match(command, new RegExp(`--advertise \\$\\$KINDRED_TASK\\.${RUN}-data `));
  assert.match(command, /--data \/data\/table\.csv$/);
  assert.deepEqual(
    (agent['volumes'] as { source?: string }[]).map(({ source }) => source),
    [undefined, 'state', './data/slot-{{.Task.Slot}}.csv'],
  );
  assert.equal((volumes['state'] as { name: string }).name, `${RUN}-state-{{.Task.Slot}}`);
  assert.equal(slotPath('data/agent-0.csv', 0), 'data/slot-1.csv');
  assert.equal(slotPath('data/agent-11.csv', 11), 'data/slot-12.csv');
});

test('token and job are read by the container user only, and named after the run', () => {
  const { services, secrets, configs } = stack(paper(3));
  for (const service of Object.values(services)) {
    assert.deepEqual(service['secrets'], [{ source: 'join-token', target: 'join-token', uid: '1000', gid: '1000', mode: 0o400 }]);
  }
  assert.deepEqual(secrets, { 'join-token': { name: `${RUN}-join-token`, file: './secrets/join-token' } });
  assert.deepEqual(configs, { 'coordinator-json': { name: `${RUN}-coordinator-json`, file: './coordinator.json' } });
});

test('agents are on both networks, the coordinator where its results are', () => {
  const { services, networks } = stack(paper(3));
  assert.deepEqual(services['agent']['networks'], ['control', 'data']);
  assert.deepEqual(services['coordinator']['networks'], ['control']);
  assert.equal(networks['data']['name'], `${RUN}-data`);
  assert.deepEqual((services['coordinator']['deploy'] as { placement: unknown }).placement, { constraints: ['node.role == manager'] });
  assert.match(stackText(paper(3)), /^version: "3\.8"$/m);
});
