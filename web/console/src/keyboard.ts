// Keys that work everywhere: `/` searches, `g` and a letter goes to a list, `j` and `k` move in one.

import { useEffect, useRef } from "react";

import { entries } from "./places.js";
import { go } from "./router.js";

/** How long the letter after `g` is waited for. */
const CHORD_MS = 1_500;

export function useKeys(search: () => void): void {
  const latest = useRef(search);
  useEffect(() => {
    latest.current = search;
  });
  useEffect(() => {
    let chordUntil = 0;
    const press = (event: KeyboardEvent) => {
      const isSearch = (event.metaKey || event.ctrlKey) && event.key === "k";
      if (!isSearch && (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target))) return;
      if (document.querySelector("dialog[open]")) return;
      const entry = event.timeStamp < chordUntil && entries.find(({ letter }) => letter === event.key);
      chordUntil = event.key === "g" ? event.timeStamp + CHORD_MS : 0;
      if (entry) go(entry.to);
      else if (isSearch || event.key === "/") latest.current();
      else if (event.key === "j") moveInList(1);
      else if (event.key === "k") moveInList(-1);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

function moveInList(step: number): void {
  const links = [...document.querySelectorAll<HTMLElement>("a[data-entry]")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const wanted = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
  links[wanted]?.focus();
}
