import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, nat, oneof, property, string } from 'fast-check';
import { faultLine } from './cluster.ts';
import { isPostmasterOf, parsePostmasterFile } from './postmaster-file.ts';

// Lines and padding as PostgreSQL 18 writes them (src/include/utils/pidfile.h).
const ready = '4711\n/srv/lab/cluster\n1750000000\n15432\n/srv/lab/socket\n127.0.0.1\n  123456        7\nready   \n';

test('a pid file tells pid, port, socket folder and status', () => {
  assert.deepEqual(parsePostmasterFile(ready), {
    pid: 4711,
    port: 15432,
    socketDir: '/srv/lab/socket',
    status: 'ready',
  });
  const early = '4711\n/srv/lab/cluster\n1750000000\n';
  assert.deepEqual(parsePostmasterFile(early), { pid: 4711, port: undefined, socketDir: '', status: '' });
  assert.equal(parsePostmasterFile('-4711\n')?.pid, 4711);
});

test('any cut of a pid file, and any text at all, is read or refused but never thrown at', () => {
  check(
    property(
      oneof(
        string(),
        nat(ready.length).map((at) => ready.slice(0, at)),
      ),
      (text) => {
        const file = parsePostmasterFile(text);
        assert.ok(file === undefined || (Number.isInteger(file.pid) && file.pid > 0));
      },
    ),
  );
});

test('this very process is no PostgreSQL', () => {
  assert.equal(isPostmasterOf(process.pid, process.cwd()), false);
});

test('of a failed start the fatal line is shown, without its prefix', () => {
  const log = [
    '2026-01-01 00:00:00.000 UTC [12] LOG:  starting PostgreSQL 18.4',
    '2026-01-01 00:00:00.000 UTC [12] FATAL:  could not create lock file "postmaster.pid": Read-only file system',
    '2026-01-01 00:00:00.000 UTC [12] LOG:  database system is shut down',
  ].join('\n');
  assert.equal(faultLine(log), 'could not create lock file "postmaster.pid": Read-only file system');
  assert.equal(
    faultLine('initdb: error: could not access directory "/x": Permission denied\n'),
    'could not access directory "/x": Permission denied',
  );
  assert.equal(faultLine(''), 'no message');
});
