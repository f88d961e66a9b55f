import {
  AncillaError,
  insert,
  labels,
  replace,
  toTimestamp,
  type Clock,
  type Io,
  type Label,
  type PlatformStore,
} from '@ancilla/contracts';
import { shipped } from './defaults.ts';
import { digestOf, findLabel, labelKey } from './document.ts';
import { SHIPPED, saveVersion } from './versions.ts';
import type { RunTests } from './validation-tests.ts';

/** Who saves and labels what comes with a release. */
const RELEASE = 'ancilla';

/**
 * Brings the platform's own documents to what this release ships, each labelled `production`. A version is named for its content, so doing it again changes nothing.
 */
export const seedPlatform = async (
  platform: PlatformStore,
  { clock, runTests, trace_id }: { readonly clock: Clock; readonly runTests: RunTests; readonly trace_id: string },
  io: Io,
): Promise<void> => {
  for (const { kind, id, content, withVersion } of shipped) {
    const of = { kind, id };
    const version = `${SHIPPED}${digestOf(content).slice('sha256:'.length, 'sha256:'.length + 12)}`;
    const given = {
      ...of,
      version,
      message: 'shipped with the release',
      content: withVersion?.(version) ?? content,
      author: RELEASE,
      trace_id,
      shipped: true,
    };
    const { doc } = await saveVersion(platform, [['platform', platform]], given, { clock, runTests }, io);
    const loose = [
      ...doc.unresolved,
      ...doc.tests.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail ?? 'failed'}`),
    ];
    if (loose.length > 0) throw new AncillaError('internal', `shipped ${kind} ${id} is not sound: ${loose.join(', ')}`);
    const was = await findLabel(platform, of, 'production', io);
    if (was?.doc.version === version) continue;
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
    await platform.commit([was ? replace(labels, was, label, because) : insert(labels, label, because)], [], io);
  }
};
