import { version } from "react";
import { version as ofDom } from "react-dom";
import { expect, test } from "vitest";

test("these tests run with the React that their project names", ({ task }) => {
  const expected = task.file.projectName === "react 18" ? "18." : "19.";
  expect(version.startsWith(expected), version).toBe(true);
  expect(ofDom).toBe(version);
});
