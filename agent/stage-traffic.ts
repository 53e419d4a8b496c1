/**
 * What an agent sent in a stage, and in each of its parts where it has some: [bytes, frames] under `traffic`, and under the
 * part's name before it; where it sent nothing it tells nothing, a share of a report of a few numbers. For the record only: a
 * restarted process counts what it sent itself.
 */
interface Traffic {
  readonly bytes: number;
  readonly frames: number;
}

export class StageTraffic {
  readonly #parts = new Map<string, Float64Array>();
  #name = '';
  #before: Traffic = { bytes: 0, frames: 0 };

  /** `now` is all that was ever sent. */
  begin(now: Traffic): void {
    this.#parts.clear();
    this.#name = '';
    this.#before = now;
  }

  part(name: string, now: Traffic): void {
    this.#close(now);
    this.#name = name;
    this.#before = now;
  }

  end(now: Traffic): ReadonlyMap<string, Float64Array> {
    this.#close(now);
    return this.#parts;
  }

  #close({ bytes, frames }: Traffic): void {
    if (frames > this.#before.frames) this.#parts.set(`${this.#name}traffic`, Float64Array.of(bytes - this.#before.bytes, frames - this.#before.frames));
  }
}
