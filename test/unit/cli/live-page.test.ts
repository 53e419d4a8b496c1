import assert from 'node:assert/strict';
import type { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openableUrl, tellPage } from '../../../cli/live-page.ts';
import type { Telling } from '../../../cli/live-page.ts';
import { keptPageTokens } from '../../../coordinator/access.ts';
import { temporaryDirectory } from './fixture.ts';

const ADDRESS = { netmask: '', mac: '', cidr: null };
const machine = (): ReturnType<typeof networkInterfaces> => ({
  lo: [{ ...ADDRESS, address: '127.0.0.1', family: 'IPv4', internal: true }],
  eth0: [
    { ...ADDRESS, address: '192.0.2.10', family: 'IPv4', internal: false },
    { ...ADDRESS, address: 'fe80::1', family: 'IPv6', internal: false, scopeid: 2 },
  ],
});

function told(context: TestContext, url: string, more: Partial<Telling>) {
  const directory = temporaryDirectory(context);
  const lines: string[] = [];
  tellPage({ runId: 'r-1', directory }, url, { note: (line) => lines.push(...line.split('\n')), open: false, isTold: true, machine, ...more });
  const { operate, watch } = keptPageTokens(directory);
  return lines.map((line) => line.replace(operate, 'OPERATE').replace(watch, 'WATCH'));
}

test('a terminal is told both addresses, and nobody else is', (context) => {
  const url = 'http://192.0.2.10:7373';
  assert.deepEqual(told(context, url, { host: '192.0.2.10' }), [`live page: ${url}/#/runs/r-1?token=OPERATE`, `to watch only: ${url}/#/runs/r-1?token=WATCH`]);
  assert.deepEqual(told(context, url, { isTold: false }), []);
  assert.deepEqual(told(context, '', {}), []);
});

test('of all addresses one that this machine can open is told, and those by which others reach it', (context) => {
  for (const host of ['0.0.0.0', '::']) {
    const lines = told(context, host === '::' ? 'http://[::]:7373' : 'http://127.0.0.1:7373', { host });
    assert.match(lines[0], /^live page: http:\/\/127\.0\.0\.1:7373\/#/);
    assert.equal(lines[2], 'from other machines: 192.0.2.10 in place of 127.0.0.1');
  }
  assert.equal(openableUrl('http://[::1]:7373', '::1'), 'http://[::1]:7373');
});
