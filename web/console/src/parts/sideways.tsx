// A table in its frame. Where it is wider than the frame it is scrolled to the side, by keyboard too.

import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";

export function Sideways({ label, children }: { label: string; children: ReactNode }): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const [isWider, setWider] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWider(element.scrollWidth > element.clientWidth));
    for (const observed of [element, ...element.children]) observer.observe(observed);
    return () => observer.disconnect();
  }, []);
  // A stop of the keyboard only where there is something to scroll to.
  const reachable = isWider ? { tabIndex: 0, role: "group", "aria-label": label } : {};
  return (
    <div ref={frame} className="table" {...reachable}>
      {children}
    </div>
  );
}
