import { AncillaError } from '@ancilla/contracts';
import { formatVerifierKey, noteSigner, signCheckpoint, type NoteSigner } from '@ancilla/evidence';

/** Signs what a ledger was. One key signs for all logs of a deployment, each under its own origin. */
export interface LedgerSigner {
  /** The first part of every origin. */
  readonly deployment: string;
  /** The name a log's checkpoints are signed under: `<deployment>/<log_id>`. */
  origin(log_id: string): string;
  /** The verifier key of a log, as auditors get it. */
  vkey(log_id: string): string;
  /**
   * The signed checkpoint. Asked again for the same size it gives the same note.
   * @param of - `root`: base64, as receipts carry it
   * @throws {AncillaError} `store.corrupt` for another root at a size it has signed: that would be two histories
   */
  checkpoint(of: { readonly log_id: string; readonly size: number; readonly root: string }): string;
}

/** So many recent signatures are remembered for each log. */
const REMEMBERED = 64;

/** @param seed - Ed25519 private key, 32 bytes */
export function ledgerSigner(deployment: string, seed: Uint8Array): LedgerSigner {
  const logs = new Map<
    string,
    { readonly signer: NoteSigner; readonly signed: Map<number, { readonly root: string; readonly note: string }> }
  >();
  const origin = (log_id: string) => `${deployment}/${log_id}`;
  const log = (log_id: string) => {
    const known = logs.get(log_id);
    if (known) return known;
    const made = { signer: noteSigner(origin(log_id), seed), signed: new Map() };
    logs.set(log_id, made);
    return made;
  };
  return {
    deployment,
    origin,
    vkey: (log_id) => formatVerifierKey(log(log_id).signer),
    checkpoint({ log_id, size, root }) {
      const { signer, signed } = log(log_id);
      const before = signed.get(size);
      if (before) {
        if (before.root !== root)
          throw new AncillaError('store.corrupt', `log ${log_id} has another root at size ${size} than the one signed`);
        return before.note;
      }
      const note = signCheckpoint({ origin: origin(log_id), size, root: Buffer.from(root, 'base64') }, [signer]);
      signed.set(size, { root, note });
      const [oldest] = signed.keys();
      if (signed.size > REMEMBERED && oldest !== undefined) signed.delete(oldest);
      return note;
    },
  };
}
