// The way back to the shop that led here: a page of this server, named beside the token.

const KEPT = "paydesk.account.back";

/** The address of a path of this origin; whatever leads elsewhere has none, whoever wrote the link. */
export function addressWithin(origin: string, path: string | null): string | undefined {
  try {
    const url = new URL(path ?? "", origin);
    // A path may name a host by a second slash.
    return path?.startsWith("/") && url.origin === origin ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the way back for this tab, so that it is there after a checkout too. */
export function keepBack(path: string | null): void {
  try {
    if (path) window.sessionStorage.setItem(KEPT, path);
  } catch {
    // A browser that keeps nothing has no way back.
  }
}

/** The way back, where there is one. */
export function readBack(): string | undefined {
  try {
    return addressWithin(window.location.origin, window.sessionStorage.getItem(KEPT));
  } catch {
    return undefined;
  }
}
