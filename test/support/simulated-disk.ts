import { dirname } from 'node:path';
import type {
  Disk,
  DiskFile,
  DiskStat,
  LockHolder,
  LockOutcome,
  ReadableFile,
} from '../../src/ports/disk.ts';
import type { Random } from '../../src/ports/random.ts';

/** A call to the disk, before it takes effect. */
export interface DiskOperation {
  readonly kind:
    | 'create'
    | 'open'
    | 'openToRead'
    | 'write'
    | 'read'
    | 'truncate'
    | 'sync'
    | 'rename'
    | 'remove'
    | 'syncFolder'
    | 'lock';
  readonly path: string;
}

/** What can go wrong with a disk. The faults can be changed while the disk is in use. */
export interface DiskFaults {
  /**
   * The maximum size of all files together. A write beyond it stores what fits, then fails with
   * ENOSPC.
   */
  capacityBytes?: number;
  /** Returns how many of the offered bytes a write accepts. */
  takes?: (offered: number) => number;
  /**
   * Returns the code with which an operation fails. A failed sync forgets what it should have
   * saved, as on Linux.
   */
  fail?: (operation: DiskOperation) => string | undefined;
  /** A sync takes effect only after this resolves. */
  beforeSync?: () => Promise<void>;
  /** A file is truncated only after this resolves. */
  beforeTruncate?: () => Promise<void>;
  /** The machine stops in the middle of the write of this byte, counted over all writes. */
  crashAtByte?: number;
  /** The machine stops before this operation, counted from 0; reads do not count. */
  crashAtOperation?: number;
  /** Called when the machine stops. */
  onStop?: () => void;
  /** Broken disks, to show that the tests would notice them: they report success but do nothing. */
  syncLies?: boolean;
  truncateLies?: boolean;
}

/** Thrown by every call once the machine of a disk has stopped. */
export class MachineStopped extends Error {
  override readonly name = 'MachineStopped';
  readonly code = 'ESTOPPED';
}

/**
 * A disk in memory that knows what a power cut would leave. For each file, it keeps what programs
 * see (the page cache) and what is durable. Programs see changed names immediately; `syncFolder`
 * makes them durable.
 */
export class SimulatedDisk implements Disk {
  readonly faults: DiskFaults;
  #names = new Map<string, Inode>();
  /** The names after a power cut, and the changes that may or may not survive it. */
  #durableNames = new Map<string, Inode>();
  #pendingNames: NameChange[] = [];
  readonly #locks = new Map<string, LockHolder>();
  #stopped = false;
  bytesWritten = 0;
  operations = 0;
  syncs = 0;

  constructor(faults: DiskFaults = {}) {
    this.faults = faults;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether a lock is held on any file. */
  get isLocked(): boolean {
    return this.#locks.size > 0;
  }

  /** Stops the machine now, between two operations. */
  stop(): void {
    this.#stopped = true;
    this.faults.onStop?.();
  }

  async resolve(path: string): Promise<string> {
    this.#check();
    return path;
  }

  async stat(path: string): Promise<DiskStat | undefined> {
    this.#check();
    const inode = this.#names.get(path);
    return inode && { kind: 'file', bytes: inode.length, mode: inode.mode };
  }

  async makeFolder(): Promise<void> {
    this.#check();
  }

  async create(path: string): Promise<DiskFile> {
    await this.#begin({ kind: 'create', path });
    if (this.#names.has(path)) throw systemError('EEXIST');
    const inode = new Inode(0o600);
    this.#rename({ add: [path, inode] });
    return this.#file(path, inode);
  }

  async open(path: string): Promise<DiskFile> {
    await this.#begin({ kind: 'open', path });
    return this.#existing(path);
  }

  async openToRead(path: string): Promise<ReadableFile> {
    await this.#begin({ kind: 'openToRead', path });
    return this.#existing(path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#begin({ kind: 'rename', path: from });
    const inode = this.#names.get(from);
    if (!inode) throw systemError('ENOENT');
    this.#rename({ add: [to, inode], remove: from });
  }

  async remove(path: string): Promise<void> {
    if (!this.#names.has(path)) return this.#check();
    await this.#begin({ kind: 'remove', path });
    this.#rename({ remove: path });
  }

  async syncFolder(path: string): Promise<void> {
    await this.#begin({ kind: 'syncFolder', path });
    if (this.faults.syncLies) return;
    const isHere = (change: NameChange): boolean =>
      dirname(change.add?.[0] ?? change.remove ?? '') === path;
    for (const change of this.#pendingNames.filter(isHere)) apply(this.#durableNames, change);
    this.#pendingNames = this.#pendingNames.filter((change) => !isHere(change));
  }

  async lock(path: string): Promise<LockOutcome> {
    await this.#begin({ kind: 'lock', path });
    const holder = this.#locks.get(path);
    if (holder) return { ok: false, holder };
    this.#locks.set(path, { pid: 4711, host: 'simulated', startedAt: '2026-01-01T00:00:00.000Z' });
    return { ok: true, release: async () => void this.#locks.delete(path) };
  }

  /**
   * A copy of the disk as it is after the process is killed: everything written is there, even if
   * it is not durable yet. All locks are released.
   */
  afterKill(faults: DiskFaults = {}): SimulatedDisk {
    const next = new SimulatedDisk(faults);
    const copies = new Map<Inode, Inode>();
    const copy = (inode: Inode): Inode => {
      const made = copies.get(inode) ?? inode.copy();
      copies.set(inode, made);
      return made;
    };
    for (const [path, inode] of this.#names) next.#names.set(path, copy(inode));
    for (const [path, inode] of this.#durableNames) next.#durableNames.set(path, copy(inode));
    next.#pendingNames = this.#pendingNames.map(({ add, ...change }) =>
      add ? { ...change, add: [add[0], copy(add[1])] } : change,
    );
    return next;
  }

  /**
   * The disk after a power cut: everything synced is there. Of the rest, a file may have some
   * bytes, with zeros in place of others, and names may be the new or the old ones.
   */
  afterPowerCut(random: Random, faults: DiskFaults = {}): SimulatedDisk {
    const names = new Map(this.#durableNames);
    const survived = Math.floor(random() * (this.#pendingNames.length + 1));
    for (const change of this.#pendingNames.slice(0, survived)) apply(names, change);
    const next = new SimulatedDisk(faults);
    for (const [path, inode] of names) next.put(path, inode.afterPowerCut(random), inode.mode);
    return next;
  }

  /** Creates a durable file. */
  put(path: string, content: Uint8Array | string, mode = 0o600): void {
    const inode = new Inode(mode);
    inode.append(Buffer.from(content));
    inode.sync();
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }

  bytes(path: string): Buffer | undefined {
    return this.#names.get(path)?.cached();
  }

  text(path: string): string | undefined {
    return this.bytes(path)?.toString();
  }

  list(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  #existing(path: string): DiskFile {
    const inode = this.#names.get(path);
    if (!inode) throw systemError('ENOENT');
    return this.#file(path, inode);
  }

  #file(path: string, inode: Inode): DiskFile {
    let isOpen = true;
    const checkOpen = (): void => {
      if (!isOpen) throw systemError('EBADF');
    };
    return {
      write: async (bytes) => {
        checkOpen();
        await this.#begin({ kind: 'write', path });
        return this.#write(inode, bytes);
      },
      read: async (into, offset) => {
        checkOpen();
        this.#check();
        return inode.read(into, offset);
      },
      truncate: async (length) => {
        await this.faults.beforeTruncate?.();
        checkOpen();
        await this.#begin({ kind: 'truncate', path });
        if (!this.faults.truncateLies) inode.truncate(length);
      },
      sync: async () => {
        await this.faults.beforeSync?.();
        checkOpen();
        try {
          await this.#begin({ kind: 'sync', path });
        } catch (error) {
          if (!this.#stopped) inode.forget();
          throw error;
        }
        this.syncs += 1;
        if (!this.faults.syncLies) inode.sync();
      },
      close: async () => void (isOpen = false),
    };
  }

  #write(inode: Inode, bytes: Uint8Array): number {
    const { capacityBytes = Infinity, crashAtByte = Infinity, takes } = this.faults;
    let count = takes ? Math.min(takes(bytes.length), bytes.length) : bytes.length;
    const used = [...this.#names.values()].reduce((sum, { length }) => sum + length, 0);
    count = Math.min(count, Math.max(capacityBytes - used, 0));
    if (count === 0 && bytes.length > 0) throw systemError('ENOSPC');
    const untilCrash = crashAtByte - this.bytesWritten;
    inode.append(bytes.subarray(0, Math.min(count, untilCrash)));
    this.bytesWritten += Math.min(count, untilCrash);
    if (count >= untilCrash) this.#stop();
    return count;
  }

  #rename(change: NameChange): void {
    apply(this.#names, change);
    this.#pendingNames.push(change);
  }

  async #begin(operation: DiskOperation): Promise<void> {
    this.#check();
    await Promise.resolve();
    this.#check();
    if (this.operations++ === this.faults.crashAtOperation) this.#stop();
    const code = this.faults.fail?.(operation);
    if (code !== undefined) throw systemError(code);
  }

  #check(): void {
    if (this.#stopped) throw new MachineStopped();
  }

  #stop(): never {
    this.stop();
    throw new MachineStopped();
  }
}

interface NameChange {
  readonly add?: readonly [path: string, inode: Inode];
  readonly remove?: string;
}

function apply(names: Map<string, Inode>, { add, remove }: NameChange): void {
  if (remove !== undefined) names.delete(remove);
  if (add) names.set(...add);
}

/** The bytes of a file, as programs see them and as they are on the disk itself. */
class Inode {
  readonly mode: number;
  length = 0;
  #cache: Buffer = Buffer.alloc(1024);
  #durable: Buffer = Buffer.alloc(0);
  /** The next sync saves the bytes from here on. */
  #dirtyFrom = 0;

  constructor(mode: number) {
    this.mode = mode;
  }

  copy(): Inode {
    const copy = new Inode(this.mode);
    copy.length = this.length;
    copy.#cache = Buffer.from(this.#cache);
    copy.#durable = Buffer.from(this.#durable);
    copy.#dirtyFrom = this.#dirtyFrom;
    return copy;
  }

  append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.#cache.length) {
      const larger = Buffer.alloc((this.length + bytes.length) * 2);
      this.#cache.copy(larger);
      this.#cache = larger;
    }
    this.#cache.set(bytes, this.length);
    this.#dirtyFrom = Math.min(this.#dirtyFrom, this.length);
    this.length += bytes.length;
  }

  read(into: Uint8Array, offset: number): number {
    return this.#cache.copy(into, 0, offset, Math.min(this.length, offset + into.length));
  }

  truncate(length: number): void {
    this.length = Math.min(this.length, length);
    this.#dirtyFrom = Math.min(this.#dirtyFrom, this.length);
  }

  sync(): void {
    this.#durable = this.#image(this.length);
    this.#dirtyFrom = this.length;
  }

  /** Simulates a failed sync: the system thinks that these bytes are saved, but they are not. */
  forget(): void {
    this.#dirtyFrom = this.length;
  }

  cached(): Buffer {
    return Buffer.from(this.#cache.subarray(0, this.length));
  }

  afterPowerCut(random: Random): Buffer {
    if (random() < 0.25) return Buffer.from(this.#durable);
    const kept = between(random, Math.min(this.#dirtyFrom, this.length), this.length);
    const zeros = random() < 0.5 ? between(random, 0, this.length - kept) : 0;
    const image = this.#image(kept);
    // What was synced is there, whatever follows it.
    return Buffer.concat([image, Buffer.alloc(zeros)]);
  }

  /** The first `length` bytes. Those that a failed sync forgot are zeros. */
  #image(length: number): Buffer {
    const image = Buffer.alloc(length);
    this.#durable.copy(image, 0, 0, Math.min(this.#dirtyFrom, length));
    this.#cache.copy(image, this.#dirtyFrom, this.#dirtyFrom, length);
    return image;
  }
}

/** An integer in [low, high]. */
function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
