// Hooks read from the cache through this one.

import { useCallback, useSyncExternalStore } from "react";

import { type Action, useAction } from "./action.js";
import { type Data, type ListName, LOADING, type Name, type Snapshot } from "./cache.js";
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

/** A list, newest first, and a way to read more of it. */
export type List<Data> = Resource<Data> & {
  /** Reads the next ones, where there are any. */
  more: Action<undefined, void>;
};

export function useList<Key extends ListName>(name: Key): List<Data<Key>> {
  const { cache } = usePaydesk();
  const more = useAction((_: undefined) => cache.more(name));
  return { ...useResource(name), more };
}
