// Light, dark, or as the system says.

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const NAME = "paydesk.theme";

export function readTheme(): Theme {
  try {
    const kept = window.localStorage.getItem(NAME);
    return THEMES.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}

/** Shows everything in this theme from now on, also after the next start where the browser keeps anything. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    window.localStorage.setItem(NAME, theme);
  } catch {
    // A browser that keeps nothing shows it until the page is left.
  }
}
