// Opens a page that the program made, runs its scripts, and prints the document as they leave it:
//   node tests/report_page/open_report.mjs report.html|http://127.0.0.1:PORT/
// What the scripts wrote to the console, and what they threw, goes to stderr as "CONSOLE ...".
import {readFileSync} from "node:fs";
import {fileURLToPath} from "node:url";

import {openPage, settled} from "./page.mjs";

const [where] = process.argv.slice(2);
const isServed = where.startsWith("http:");
const text = isServed ? await (await fetch(where)).text() : readFileSync(where.startsWith("file:") ? fileURLToPath(where) : where, "utf-8");
const between = (open, close) => {
  const parts = text.split(open);
  if (parts.length !== 2) throw new Error(`${open} stands ${parts.length - 1} times in ${where}`);
  return parts[1].split(close)[0];
};
const data = between('<script type="application/json" id="data">', "</script>");
const script = between('<script>\n"use strict";\n', "</script>");
try {
  const page = openPage(data, {scripts: [["the page", script]], url: isServed ? where : ""});
  for (let i = 0; i < (isServed ? 40 : 1); ++i) {
    await settled();
    if (isServed) await new Promise((resolve) => setTimeout(resolve, 25)); // for the answers
  }
  for (const line of page.consoleLines) console.error(`CONSOLE ${line}`);
  const ready = page.document.documentElement.dataset.ready;
  console.log(`<!doctype html>\n<html data-ready="${ready}">\n${page.html()}\n</html>`);
} catch (error) {
  console.error(`CONSOLE ${error.stack}`);
}
