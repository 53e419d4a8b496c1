/**
 * The container engine: the only file that knows its command line. Every command has a deadline; containers are found by
 * label and known by id, never by parsing names. What goes wrong is ENGINE_FAILED with the engine's own words.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { KindredError } from '../core/errors.ts';
import type { Party } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import { PARTY_LABEL, partyOf, RUN_LABEL } from '../deploy/deployment.ts';

export interface CommandOptions {
  readonly deadlineMs?: number;
  /** Given to it as its standard input. */
  readonly input?: string;
  /** An open file that gets what it prints; then nothing of it is returned. */
  readonly log?: number;
  /** Ends it as the deadline does. */
  readonly signal?: AbortSignal | undefined;
}

export interface UpOptions {
  /** How many containers there are to start, more or less. */
  readonly agents: number;
  readonly log: number;
  readonly signal: AbortSignal;
}

export interface Attachment {
  readonly network: string;
  readonly address: string;
  /** Names that others on the network find it by. */
  readonly aliases: readonly string[];
}

export interface Container {
  readonly id: string;
  readonly party: Party;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Of its first process on this machine; 0 when there is none. */
  readonly pid: number;
  readonly exitCode: number;
  readonly attachments: readonly Attachment[];
  /** By port in the container: where it is published on this machine. */
  readonly published: ReadonlyMap<number, string>;
}

export interface EngineEvent {
  readonly id: string;
  readonly party: Party;
  /** start, die, kill, pause, unpause, oom, ... */
  readonly action: string;
  readonly exitCode: number;
}

/** What `docker inspect` says, as far as it is read here. */
interface Inspected {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly State: { readonly Status: Container['state']; readonly Pid: number; readonly ExitCode: number };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string; readonly Aliases: readonly string[] | null }>>;
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>;
  };
}

/** Ends the process that PID 1 of a container started, as a crash would; PID 1 then exits and the restart policy acts. */
const CRASH = `
const { readdirSync, readFileSync } = require('node:fs');
const stat = (pid) => { const text = readFileSync('/proc/' + pid + '/stat', 'utf8'); return text.slice(text.lastIndexOf(')') + 2).split(' '); };
const pids = readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && name !== '1' && Number(name) !== process.pid);
const children = pids.filter((pid) => { try { return stat(pid)[1] === '1'; } catch { return false; } });
for (const pid of children) process.kill(Number(pid), 'SIGKILL');
process.exit(children.length > 0 ? 0 : 1);`;

/** By SIGKILL. */
const KILLED = 137;
const DOWN = ['down', '--volumes', '--timeout', '0'];

export class Engine {
  /** `docker compose`, or `docker-compose`. */
  readonly #compose: readonly string[];
  /** Of the engine, for the record. */
  readonly version: string;

  private constructor(compose: readonly string[], version: string) {
    this.#compose = compose;
    this.version = version;
  }

  /** Throws ENGINE_MISSING where no engine answers, or nothing reads compose files. */
  static async find(): Promise<Engine> {
    refuseRemote(process.env['DOCKER_HOST'] ?? '');
    const version = await answer(['docker', 'version', '--format', '{{.Server.Version}}'], 'docker');
    const asPlugin = ['docker', 'compose'];
    const alone = ['docker-compose'];
    const isPlugin = await answer([...asPlugin, 'version', '--short'], 'docker compose').then(
      () => true,
      () => false,
    );
    if (!isPlugin) await answer([...alone, 'version', '--short'], 'docker compose or docker-compose');
    return new Engine(isPlugin ? asPlugin : alone, version.trim());
  }

  /** Of a compose file and its project. */
  async up(project: string, file: string, { agents, log, signal }: UpOptions): Promise<void> {
    const deadlineMs = LIMITS.engineWorkMs + agents * LIMITS.joinPerContainerMs;
    await command(this.#composeLine(project, file, ['up', '--detach', '--no-build']), { deadlineMs, log, signal });
  }

  /** Containers, networks and volumes. */
  async down(project: string, file: string, log: number): Promise<void> {
    await command(this.#composeLine(project, file, DOWN), { deadlineMs: LIMITS.engineWorkMs, log });
  }

  #composeLine(project: string, file: string, args: readonly string[]): string[] {
    return [...this.#compose, '--project-name', project, '--file', file, ...args];
  }

  /** All of a run, whatever state they are in. */
  async containers(run: string): Promise<Container[]> {
    const ids = words(await docker('ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${RUN_LABEL}=${run}`));
    return ids.length === 0 ? [] : this.inspect(ids);
  }

  async inspect(ids: readonly string[]): Promise<Container[]> {
    return (JSON.parse(await docker('inspect', '--type', 'container', ...ids)) as Inspected[]).map(containerOf);
  }

  /** Networks and volumes that carry the label of a run. */
  async remains(run: string): Promise<string[]> {
    const filter = ['--quiet', '--filter', `label=${RUN_LABEL}=${run}`];
    const [networks, volumes] = await Promise.all([docker('network', 'ls', ...filter), docker('volume', 'ls', ...filter)]);
    return [...words(networks), ...words(volumes)];
  }

  /** Asks for nothing and waits for nothing: SIGKILL, and no restart policy brings it back. */
  async kill(id: string, signal = 'SIGKILL'): Promise<void> {
    await docker('kill', '--signal', signal, id);
  }

  async start(id: string): Promise<void> {
    await docker('start', id);
  }

  /** Asks all of them to end, and ends those that have not after so long. */
  async stop(ids: readonly string[], patienceMs: number): Promise<void> {
    await docker('stop', '--time', String(Math.ceil(patienceMs / 1_000)), ...ids);
  }

  async pause(id: string): Promise<void> {
    await docker('pause', id);
  }

  async unpause(id: string): Promise<void> {
    await docker('unpause', id);
  }

  /** The process inside dies as of itself. */
  async crash(id: string): Promise<void> {
    const killed = (error: unknown): void => {
      // With PID 1 everything in the container ends, the command that did it too.
      if (!(error instanceof KindredError) || error.detail !== exitText(KILLED)) throw error;
    };
    await docker('exec', id, 'node', '-e', CRASH).catch(killed);
  }

  /** For a process that is about to exit: takes away what a compose file made, and waits for it. */
  downNow(project: string, file: string): void {
    const [name, ...args] = this.#composeLine(project, file, DOWN);
    spawnSync(name, args, { stdio: 'ignore', timeout: LIMITS.engineCommandMs });
  }

  async disconnect(id: string, network: string): Promise<void> {
    await docker('network', 'disconnect', network, id);
  }

  async connect(id: string, { network, aliases }: Attachment): Promise<void> {
    await docker('network', 'connect', ...aliases.flatMap((alias) => ['--alias', alias]), network, id);
  }

  /** All that it printed. */
  async logs(id: string, log: number): Promise<void> {
    await command(['docker', 'logs', id], { log });
  }

  /** What happens to the containers of a run from now on. The returned process is to be killed. */
  follow(run: string, onEvent: (event: EngineEvent) => void): ChildProcess {
    const args = ['events', '--filter', 'type=container', '--filter', `label=${RUN_LABEL}=${run}`, '--format', '{{json .}}'];
    const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    child.on('error', () => child.kill());
    createInterface({ input: child.stdout }).on('line', (line) => onEvent(eventOf(line)));
    return child;
  }
}

/** Runs it to its end and returns what it printed. It ends at its deadline, with all that it started. Throws ENGINE_FAILED. */
export function command([name, ...args]: readonly string[], { deadlineMs = LIMITS.engineCommandMs, input, log, signal }: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const output = log ?? 'pipe';
    // In a group of its own: Ctrl-C in the terminal does not end it behind our back.
    const child = spawn(name, args, { stdio: [input === undefined ? 'ignore' : 'pipe', output, output], detached: true });
    const where = [name, ...args.slice(0, 2)].join(' ');
    let printed = '';
    let complaint = '';
    let cut: string | undefined;
    const end = (why: string): void => {
      cut = why;
      endGroup(child);
    };
    const onAbort = (): void => end('interrupted');
    const timer = setTimeout(() => end(`no answer within ${deadlineMs / 1_000} s`), deadlineMs);
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.stdin?.on('error', () => child.kill()).end(input);
    child.on('error', (cause) => {
      release();
      reject(new KindredError('ENGINE_FAILED', cause.message, { where, cause }));
    });
    child.on('close', (code) => {
      release();
      if (code === 0 && cut === undefined) return resolve(printed);
      reject(new KindredError('ENGINE_FAILED', cut ?? (complaint.trim() || exitText(code)), { where }));
    });
  });
}

/** With its children, and without waiting for who else holds its output open. */
function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function exitText(code: number | null): string {
  return `exit code ${code}`;
}

function docker(...args: readonly string[]): Promise<string> {
  return command(['docker', ...args]);
}

async function answer(line: readonly string[], what: string): Promise<string> {
  try {
    return await command(line, { deadlineMs: LIMITS.commandMs });
  } catch (cause) {
    throw new KindredError('ENGINE_MISSING', cause instanceof KindredError ? cause.detail : String(cause), { where: what, cause });
  }
}

function refuseRemote(host: string): void {
  if (host === '' || host.startsWith('unix:') || host.startsWith('npipe:')) return;
  const why = `it is on another machine (${host}), and a run shares its directory with its containers; \`kindred deploy\` writes files for it`;
  throw new KindredError('CONFIG_UNSUPPORTED', why, { where: 'DOCKER_HOST' });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function containerOf({ Id, Config, State, NetworkSettings }: Inspected): Container {
  const attachments = Object.entries(NetworkSettings.Networks).map(([network, { IPAddress, Aliases }]) => ({
    network,
    address: IPAddress,
    // The engine adds the short id by itself.
    aliases: (Aliases ?? []).filter((alias) => !Id.startsWith(alias)),
  }));
  const published = Object.entries(NetworkSettings.Ports).flatMap(([port, hosts]) =>
    hosts?.[0] === undefined ? [] : [[Number.parseInt(port, 10), `${hosts[0].HostIp}:${hosts[0].HostPort}`] as const],
  );
  return {
    id: Id,
    party: partyOf(Config.Labels[PARTY_LABEL]),
    state: State.Status,
    pid: State.Pid,
    exitCode: State.ExitCode,
    attachments,
    published: new Map(published),
  };
}

function eventOf(line: string): EngineEvent {
  const { Action, Actor } = JSON.parse(line) as { Action: string; Actor: { ID: string; Attributes: Record<string, string> } };
  return { id: Actor.ID, party: partyOf(Actor.Attributes[PARTY_LABEL]), action: Action, exitCode: Number(Actor.Attributes['exitCode'] ?? 0) };
}
