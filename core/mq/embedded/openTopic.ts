/** Opens the files of a topic: rebuilds the index, mends what a crash or a bad disk left, and says what was mended. */
import { readdir, readFile, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CausewayError } from '../../protocol/errors.ts';
import type { MqRepair } from './options.ts';
import { Segment } from './segment.ts';
import { decodeHeader, headerLength, recordPlace, scanSegment } from './segmentFormat.ts';
import { type FilePolicy, TopicFiles } from './topicFiles.ts';
import type { RestoredTopic } from './topicLog.ts';

/** The topic's files and what is in them. */
export interface OpenedTopic extends RestoredTopic {
  readonly store: TopicFiles;
}

/** Partitions and sizes of the records found, in file order. */
interface Found {
  readonly partitions: number[];
  readonly sizes: number[];
}

/** Oldest and next offset per partition as far as the files read up to now tell. */
interface Extent {
  first: number[] | undefined;
  readonly next: number[];
}

/** @throws CausewayError mq.folder-damaged when a file is none of ours */
export async function openTopic(
  topic: string,
  folder: string,
  partitions: number,
  policy: FilePolicy,
  repaired: (repair: MqRepair) => void,
): Promise<OpenedTopic> {
  const names = (await readdir(folder)).filter((name) => /^\d{10}\.seg$/.test(name)).sort();
  const segments: Segment[] = [];
  const found: Found = { partitions: [], sizes: [] };
  const extent: Extent = { first: undefined, next: new Array<number>(partitions).fill(0) };
  for (const [i, name] of names.entries()) {
    const segment = await openSegment(join(folder, name), i === names.length - 1, partitions, extent, found, repaired);
    if (segment !== undefined) segments.push(segment);
  }
  const sequence = names.length === 0 ? 0 : Number(names[names.length - 1]!.slice(0, 10));
  const first = extent.first ?? new Array<number>(partitions).fill(0);
  const bounds = extent.next.map((next, partition) => ({ first: first[partition]!, next }));
  return {
    store: new TopicFiles(topic, folder, policy, segments, sequence, extent.next),
    partitions: bounds,
    replay(each) {
      for (let i = 0; i < found.partitions.length; i += 1) each(found.partitions[i]!, found.sizes[i]!);
    },
  };
}

async function openSegment(
  path: string,
  last: boolean,
  partitions: number,
  extent: Extent,
  found: Found,
  repaired: (repair: MqRepair) => void,
): Promise<Segment | undefined> {
  const file = await readFile(path);
  const start = headerLength(partitions);
  const header = decodeHeader(file, partitions);
  if (header !== 'damaged' && typeof header === 'string') {
    // A file that was begun and never written is a crash's, not a stranger's.
    if (!(last && file.length < start))
      throw new CausewayError('mq.folder-damaged', { path, reason: 'it does not begin like a segment' });
  }
  if (file.length < start) {
    repaired({ kind: 'truncated', path, at: 0, bytes: file.length });
    await unlink(path);
    return undefined;
  }
  if (header === 'damaged') repaired({ kind: 'skipped', path, at: 0, bytes: start });

  const segment = new Segment(path, file.length);
  const note = (partition: number, offset: number, position: number, size: number): void => {
    // Lost offsets hold their place with position 0 and size 0, so that offsets stay without holes.
    while (extent.next[partition]! < offset) {
      segment.note(partition, extent.next[partition]!, 0);
      found.partitions.push(partition);
      found.sizes.push(0);
      extent.next[partition]! += 1;
    }
    if (position === 0) return;
    segment.note(partition, offset, position);
    found.partitions.push(partition);
    found.sizes.push(size);
    extent.next[partition] = offset + 1;
  };
  if (Array.isArray(header)) {
    if (extent.first === undefined) {
      extent.first = [...header];
      for (const [partition, next] of header.entries()) extent.next[partition] = next;
    } else for (const [partition, next] of header.entries()) note(partition, next, 0, 0);
  }
  const scan = scanSegment(file, start, (at, end) => {
    const { partition, offset } = recordPlace(file, at);
    if (extent.first === undefined) extent.first = new Array<number>(partitions).fill(0);
    // What cannot be (another topic's bytes, an offset going back) is left out like damage.
    if (partition >= partitions || offset < extent.next[partition]!) repaired({ kind: 'skipped', path, at, bytes: end - at });
    else note(partition, offset, at, end - at);
  });
  for (const damage of scan.damaged) repaired({ kind: 'skipped', path, ...damage });
  if (scan.end < file.length) {
    const bytes = file.length - scan.end;
    if (last) {
      await truncate(path, scan.end);
      segment.end = scan.end;
    }
    repaired({ kind: last ? 'truncated' : 'skipped', path, at: scan.end, bytes });
  }
  return segment;
}
