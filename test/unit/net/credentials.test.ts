import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diallerOf, linkBearer, linkSecret, newToken, readSession, sessionOf } from '../../../net/credentials.ts';

const TOKEN = 'the join token';
const RUN = 'fast-otter';
const secret = linkSecret(TOKEN, RUN, 3);

/** Every text that differs from this one in one character, and some that are cut or longer. */
function forgeries(text: string): string[] {
  const changed = [...text].map((char, i) => text.slice(0, i) + (char === '0' ? '1' : '0') + text.slice(i + 1));
  return [...changed, '', text.slice(0, -1), `${text}0`, ` ${text}`, text.toUpperCase()].filter((one) => one !== text);
}

test('tokens are long and never the same', () => {
  assert.match(newToken(), /^[0-9a-f]{64}$/);
  assert.notEqual(newToken(), newToken());
});

describe('bearers of links', () => {
  test('prove index and incarnation', () => {
    for (const dialler of [
      { agent: 0, incarnation: 1 },
      { agent: 999, incarnation: 123_456 },
    ])
      assert.deepEqual(diallerOf(secret, linkBearer(secret, dialler)), dialler);
  });
  test('no other text proves anything', () => {
    for (const forged of forgeries(linkBearer(secret, { agent: 7, incarnation: 2 }))) assert.equal(diallerOf(secret, forged), undefined, forged);
  });
  test('neither an index nor an incarnation can be taken from another bearer', () => {
    const [, , proof] = linkBearer(secret, { agent: 7, incarnation: 2 }).split('.');
    for (const who of ['7.3', '7.1', '8.2', '07.2', '7.02', '72.', '7', 'NaN.NaN', '-7.2', '7.2.2'])
      assert.equal(diallerOf(secret, `${who}.${proof}`), undefined);
  });
  test('open the listener they were made for, in its run, and no other', () => {
    const bearer = linkBearer(secret, { agent: 7, incarnation: 2 });
    for (const other of [linkSecret(TOKEN, RUN, 4), linkSecret(TOKEN, 'other-run', 3), linkSecret('other token', RUN, 3), ''])
      assert.equal(diallerOf(other, bearer), undefined);
  });
  test('do not tell the secret', () => {
    assert.equal(linkBearer(secret, { agent: 7, incarnation: 2 }).includes(secret), false);
  });
});

describe('sessions', () => {
  const session = sessionOf(TOKEN, RUN, 5, 3);
  test('prove who came back, and as which incarnation', () => {
    assert.deepEqual(readSession(TOKEN, RUN, session), { agent: 5, incarnation: 3, proven: true });
  });
  test('of another run, or none, say nothing', () => {
    assert.equal(readSession(TOKEN, 'other-run', session), undefined);
    for (const nothing of ['', RUN, `${RUN}.5`, 'x.5.3.y']) assert.equal(readSession(TOKEN, RUN, nothing), undefined);
  });
  test('of a coordinator with another token say who it is and prove nothing', () => {
    assert.deepEqual(readSession('the token after a restart', RUN, session), { agent: 5, incarnation: 3, proven: false });
  });
  test('that were changed prove nothing', () => {
    for (const forged of forgeries(session)) assert.notEqual(readSession(TOKEN, RUN, forged)?.proven, true, forged);
    const proof = session.split('.')[3];
    for (const who of ['5.4', '6.3', '05.3', '5.3.0', '5e0.3']) assert.notEqual(readSession(TOKEN, RUN, `${RUN}.${who}.${proof}`)?.proven, true, who);
  });
  test('are no bearer of a link, and a bearer is no session', () => {
    assert.equal(diallerOf(TOKEN, session), undefined);
    assert.notEqual(readSession(TOKEN, RUN, `${RUN}.${linkBearer(secret, { agent: 5, incarnation: 3 })}`)?.proven, true);
  });
});
