import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { applyTheme, readTheme } from "../src/theme.js";
import { Account } from "./account.js";
import "@paydesk/react/styles.css";
import "./account.css";

applyTheme(readTheme());
const place = document.getElementById("account");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <Account />
    </StrictMode>,
  );
}
