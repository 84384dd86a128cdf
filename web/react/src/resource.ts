// Hooks read from the cache through this one.

import { useCallback, useSyncExternalStore } from "react";

import { type Data, LOADING, type Name, type Snapshot } from "./cache.js";
import { usePaydesk } from "./provider.js";

/** Something that is read from the server, and a way to read it again. */
export type Resource<Data> = Snapshot<Data> & { refresh: () => Promise<void> };

/** On the server everything is still to be read. */
const onServer = () => LOADING;

export function useResource<Key extends Name>(name: Key): Resource<Data<Key>> {
  const { cache } = usePaydesk();
  const watch = useCallback((listener: () => void) => cache.watch(name, listener), [cache, name]);
  const read = useCallback(() => cache.snapshot(name), [cache, name]);
  const refresh = useCallback(() => cache.refresh(name), [cache, name]);
  const snapshot = useSyncExternalStore<Snapshot<Data<Key>>>(watch, read, onServer);
  return { ...snapshot, refresh };
}
