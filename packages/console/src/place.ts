import { useSyncExternalStore } from 'react';

/** Where one is lives in the address, so that it can be bookmarked, sent and gone back to: `#/tenant/page/id`. */
export interface Place {
  readonly tenant: string;
  /** Empty where the address names none. */
  readonly page: string;
  readonly id: string;
}

const subscribe = (changed: () => void) => {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
};

/** An address may have been cut or mistyped: what cannot be decoded stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const [tenant = '', page = '', id = ''] = hash.replace(/^#\//, '').split('/').map(decoded);
  return { tenant, page, id };
}

export const toHref = ({ tenant, page, id }: { readonly tenant: string; readonly page: string; readonly id?: string }): string =>
  `#/${[tenant, page, ...(id === undefined ? [] : [id])].map(encodeURIComponent).join('/')}`;
