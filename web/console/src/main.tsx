import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app.js";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/palette.css";
import "./styles/plots.css";
import { applyTheme, readTheme } from "./theme.js";

applyTheme(readTheme());
const place = document.getElementById("console");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
