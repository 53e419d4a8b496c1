/** compose.yaml, read back: hardening of every service, networks apart, no secret, and only what docker-compose 1.29 knows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeText } from '../../../deploy/compose-file.ts';
import { compose, paper, RUN, table, written } from './fixture.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, k) => `agent-${k}`);

test('every service is hardened, limited, healthy by a check, and known by its labels', () => {
  const { services } = compose(paper(64));
  assert.deepEqual(Object.keys(services), ['coordinator', ...names(64)]);
  for (const [name, service] of Object.entries(services)) {
    const { user, read_only, cap_drop, security_opt, init, tmpfs, restart } = service;
    assert.deepEqual(
      { user, read_only, cap_drop, security_opt, init, tmpfs, restart },
      {
        user: '1000:1000',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        init: true,
        tmpfs: ['/tmp'],
        restart: 'on-failure:20',
      },
      name,
    );
    assert.ok(Number(service['mem_limit']) > 0 && Number(service['cpus']) > 0 && Number(service['pids_limit']) > 0, name);
    assert.ok(service['healthcheck'] !== undefined && service['stop_grace_period'] !== undefined && service['logging'] !== undefined, name);
    assert.deepEqual(service['labels'], { 'kindred.run': RUN, 'kindred.party': name });
    assert.equal(service['privileged'], undefined);
  }
});

test('agents meet on a network of their own, wait for a healthy coordinator, and keep their checkpoints', () => {
  const { services, networks, volumes } = compose(paper(3));
  assert.deepEqual(services['coordinator']['networks'], ['control', 'outside']);
  assert.deepEqual(services['agent-2']['networks'], { control: {}, data: { aliases: ['agent-2.data'] } });
  assert.deepEqual(services['agent-2']['depends_on'], { coordinator: { condition: 'service_healthy' } });
  assert.deepEqual(services['agent-2']['volumes'], [{ type: 'volume', source: 'state-2', target: '/state' }]);
  assert.deepEqual(Object.keys(volumes), ['state-0', 'state-1', 'state-2']);
  assert.equal(networks['control']['internal'], true);
  assert.equal(networks['data']['internal'], true);
});

test('the coordinator answers on loopback only, on the port that was asked for or any', () => {
  const ports = (port: number): unknown => compose(paper(3), port).services['coordinator']['ports'];
  assert.deepEqual(ports(8000), ['127.0.0.1:8000:7373']);
  assert.deepEqual(ports(0), ['127.0.0.1::7373']);
  const published = Object.entries(compose(paper(3)).services).filter(([, service]) => service['ports'] !== undefined);
  assert.equal(published.length, 1);
});

test('an agent sees its own table and no other', () => {
  const { services } = compose(table());
  for (const name of names(3)) {
    const sources = (services[name]['volumes'] as { source: string }[]).map(({ source }) => source).filter((source) => source.startsWith('./'));
    assert.deepEqual(sources, [`./data/${name}.csv`]);
  }
  const seen = (services['coordinator']['volumes'] as { source: string }[]).map(({ source }) => source);
  assert.deepEqual(seen, ['./run', './coordinator.json']);
});

test('the token is a file that the text only names', () => {
  const { secrets, services } = compose(paper(3));
  assert.deepEqual(secrets, { 'join-token': { file: './secrets/join-token' } });
  for (const service of Object.values(services)) assert.deepEqual(service['secrets'], ['join-token']);
});

test('the folder of the run and of the token may be others', () => {
  const text = composeText(paper(3), { port: 0, runPath: '', tokenPath: 'join-token' });
  assert.match(text, /source: \.\/$/m);
  assert.match(text, /file: \.\/join-token$/m);
});

test('only keys that docker-compose 1.29 knows, and texts that no reader takes for something else', () => {
  const text = composeText(paper(3, { user: '1000:50', image: 'on' }), { port: 7373 });
  assert.deepEqual(Object.keys(compose(paper(3))), ['services', 'networks', 'volumes', 'secrets']);
  // In YAML 1.1, which docker-compose 1.29 reads, these are a number to the base 60 and a boolean.
  assert.match(text, /user: "1000:50"/);
  assert.match(text, /image: "on"/);
});

test("a coordinator that shares the run's folder does not see the agents' tables in it", () => {
  const section = (runPath: string) => written(composeText(paper(3), { port: 0, runPath, tokenPath: 'join-token' })).services['coordinator'];
  assert.deepEqual(section('..')['tmpfs'], ['/tmp', '/results/deploy']);
  assert.deepEqual(section('run')['tmpfs'], ['/tmp']);
});
