import { AncillaError, type Dataset, type Io } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { parquetReadObjects } from 'hyparquet';
import type { Artifacts, Of } from '../artifacts/index.ts';
import { refusal } from './catalog.ts';
import { toArrayBuffer } from './dataset-file.ts';
import type { Row } from './diff.ts';

/** The rows of a dataset's file. @throws {AncillaError} `training.leak` for one that was refused, `artifact.corrupt` for a file that is not the one in the catalog */
export async function rowsOf(artifacts: Artifacts, of: Of, dataset: Dataset, io: Io): Promise<readonly Row[]> {
  const [file] = dataset.files;
  if (file === undefined) throw refusal(dataset);
  const bytes = await artifacts.bytes(of, file.artifact_id, io);
  if (sha256Hex(bytes) !== file.sha256)
    throw new AncillaError('artifact.corrupt', `the file of dataset ${dataset.dataset_id} is not the one in the catalog`);
  return parquetReadObjects({ file: toArrayBuffer(bytes) });
}
