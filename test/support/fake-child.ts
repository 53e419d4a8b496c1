/** A child process that only a test moves: signals are recorded, it ends when told to. */
import { EventEmitter } from 'node:events';
import type { ChildProcess } from 'node:child_process';

export class FakeChild extends EventEmitter {
  readonly pid: number | undefined;
  readonly signals: string[] = [];
  readonly sent: unknown[] = [];
  connected = true;

  constructor(pid: number | undefined) {
    super();
    this.pid = pid;
  }

  kill(signal: string): boolean {
    this.signals.push(signal);
    return true;
  }

  send(message: unknown): boolean {
    this.sent.push(message);
    return true;
  }

  end(code: number | null, signal: string | null = null): void {
    this.connected = false;
    this.emit('close', code, signal);
  }

  get process(): ChildProcess {
    return this as unknown as ChildProcess;
  }
}
