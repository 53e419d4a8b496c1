/**
 * A recorder on real sockets: whoever dials it reaches the coordinator through it, and the agents reach one another
 * through it too. Agents listen on AGENT_HOST and are told to others at TAPPED_HOST, where this one listens on the same
 * port as soon as an agent's Hello says which. What it keeps is what crossed, with WebSocket masks taken off.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { WebSocketStream } from './websocket-stream.ts';

/** All of 127/8 is this machine on Linux. */
export const AGENT_HOST = '127.0.0.2';
export const TAPPED_HOST = '127.0.0.3';
const ENDPOINT = /ws:\/\/127\.0\.0\.3:(\d+)\/link/;

interface Address {
  readonly host: string;
  readonly port: number;
}

export class Wiretap {
  readonly #streams: { readonly name: string; readonly stream: WebSocketStream }[] = [];
  readonly #servers = new Map<number, Server>();
  readonly #sockets = new Set<Socket>();

  /** Where agents are to dial instead of `coordinator`. */
  async coordinator(coordinator: Address): Promise<string> {
    const server = await this.#listen({ host: '127.0.0.1', port: 0 }, coordinator, 'coordinator');
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/agents`;
  }

  /** Everything that crossed, both ways: handshakes, and the payloads of all messages one after another. */
  get bytes(): Buffer {
    return Buffer.concat(this.#streams.map(({ stream }) => stream.bytes));
  }

  /** Bytes between agents and coordinator, and between agents. */
  get sizes(): { readonly control: number; readonly links: number } {
    const of = (isControl: boolean): number =>
      this.#streams.filter(({ name }) => (name === 'coordinator') === isControl).reduce((sum, { stream }) => sum + stream.bytes.length, 0);
    return { control: of(true), links: of(false) };
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listen(at: Address, target: Address, name: string): Promise<Server> {
    const server = createServer((dialler) => this.#join(dialler, target, name)).listen(at);
    await once(server, 'listening');
    this.#servers.set((server.address() as AddressInfo).port, server);
    return server;
  }

  #join(dialler: Socket, target: Address, name: string): void {
    const listener = connect(target);
    this.#carry(dialler, listener, name);
    this.#carry(listener, dialler, name);
  }

  #carry(from: Socket, to: Socket, name: string): void {
    const stream = new WebSocketStream();
    this.#streams.push({ name, stream });
    this.#sockets.add(from);
    // One chunk after the other: what is held back until an agent can be reached must not be overtaken.
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      const news = stream.feed(chunk);
      last = last.then(() => this.#prepare(news)).then(() => void to.write(chunk));
    });
    from.on('close', () => void last.then(() => to.end()));
    from.on('error', () => to.destroy());
  }

  /** Nobody can be told of an agent before it can be reached through here. */
  async #prepare(news: Buffer): Promise<void> {
    const port = Number(ENDPOINT.exec(news.toString('latin1'))?.[1] ?? 0);
    if (port > 0 && !this.#servers.has(port)) await this.#listen({ host: TAPPED_HOST, port }, { host: AGENT_HOST, port }, 'link');
  }
}
