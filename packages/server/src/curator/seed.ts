import { AncillaError, labels, put, toTimestamp, type Clock, type Io, type Label, type PlatformStore } from '@ancilla/contracts';
import { shipped } from './defaults.ts';
import { digestOf, findLabel, labelKey, type Subject } from './document.ts';
import { SHIPPED, saveVersion } from './versions.ts';
import type { RunTests } from './validation-tests.ts';

/** Who saves and labels what comes with a release. */
const RELEASE = 'ancilla';

/** What comes with a release: saved under its version, which `production` then names. */
export interface Shipped extends Subject {
  readonly version: string;
  readonly content: object;
}
interface Shipping {
  readonly clock: Clock;
  readonly runTests: RunTests;
  readonly trace_id: string;
}

/**
 * Brings the platform's own documents to what this release ships, each labelled `production`. A version is named for its content, so doing it again changes nothing.
 */
export const seedPlatform = async (platform: PlatformStore, shipping: Shipping, io: Io): Promise<void> => {
  for (const { kind, id, content, withVersion } of shipped) {
    const version = `${SHIPPED}${digestOf(content).slice('sha256:'.length, 'sha256:'.length + 12)}`;
    await ship(platform, { kind, id, version, content: withVersion?.(version) ?? content }, shipping, io);
  }
};

/** Saves and labels one document of the release; safe to repeat. */
export const ship = async (
  platform: PlatformStore,
  { kind, id, version, content }: Shipped,
  { clock, runTests, trace_id }: Shipping,
  io: Io,
): Promise<void> => {
  const of = { kind, id };
  const given = { ...of, version, message: 'shipped with the release', content, author: RELEASE, trace_id, shipped: true };
  const { doc } = await saveVersion(platform, [['platform', platform]], given, { clock, runTests }, io);
  const loose = [
    ...doc.unresolved,
    ...doc.tests.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail ?? 'failed'}`),
  ];
  if (loose.length > 0) throw new AncillaError('internal', `shipped ${kind} ${id} is not sound: ${loose.join(', ')}`);
  const was = await findLabel(platform, of, 'production', io);
  if (was?.doc.version === version) return;
  const label: Label = {
    label_key: labelKey(of, 'production'),
    ...of,
    label: 'production',
    version,
    previous: was?.doc.version ?? null,
    moved_by: RELEASE,
    approved_by: null,
    moved_at: toTimestamp(clock.now()),
  };
  const because = { who: RELEASE, reason: 'shipped with the release', trace_id };
  await platform.commit([put(labels, was, label, because)], [], io);
};
