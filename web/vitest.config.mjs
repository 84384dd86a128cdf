import path from "node:path";
import { defineConfig } from "vitest/config";

const components = { include: ["react/test/**/*.test.tsx"], environment: "jsdom" };
const at = (...parts) => path.join(import.meta.dirname, ...parts);

/** The oldest React that the components promise to work with, in place of the newest, for the testing library too. */
const oldest = {
  react: at("oldest/node_modules/react"),
  "react-dom": at("oldest/node_modules/react-dom"),
  "@testing-library/react": at("node_modules/@testing-library/react/dist/@testing-library/react.esm.js"),
};

export default defineConfig({
  test: {
    projects: [
      { test: { name: "client", include: ["client/test/**/*.test.ts"], environment: "node" } },
      { test: { name: "react", ...components } },
      { test: { name: "console", include: ["console/test/**/*.test.ts"], environment: "node" } },
      {
        resolve: { alias: oldest },
        test: { name: "react 18", ...components, server: { deps: { inline: [/@testing-library\/react/] } } },
      },
    ],
  },
});
