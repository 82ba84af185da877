// Runs the scripts of the report page as the page does, one after the other in one scope, in a
// document of dom.mjs. `part` gives a test any function or constant of theirs.
import {readFileSync, readdirSync} from "node:fs";
import {fileURLToPath} from "node:url";
import path from "node:path";
import vm from "node:vm";

import {Document} from "./dom.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

// The order in which page_assets.cpp puts them together, which is the page's.
export function scriptNames() {
  const source = path.join(root, "src");
  const assets = readdirSync(source, {recursive: true}).find((name) => path.basename(name) === "page_assets.cpp");
  const embed = readFileSync(path.join(source, assets), "utf-8");
  const [, list] = /page_script\(\)[\s\S]*?\{((?:\w+_js\(\)[,\s]*)+)\}/.exec(embed);
  return [...list.matchAll(/(\w+)_js\(\)/g)].map(([, name]) => `${name}.js`);
}
export const scriptText = (name) => readFileSync(path.join(root, "data/report", name), "utf-8");
export const templateText = () => scriptText("page.html");

// `answers`: function from path to the JSON that a served page gets, or undefined for "not found".
function browserOf(document, {answers = () => undefined, isDark = false, isPrinted = false, storage = new Map(), url = ""} = {}) {
  const consoleLines = [];
  const requests = [];
  const fetchPage = async (asked) => {
    requests.push(asked);
    if (url) return fetch(new URL(asked, url));
    const body = answers(asked);
    return {ok: body !== undefined, status: body === undefined ? 404 : 200, statusText: body === undefined ? "Not Found" : "OK", json: async () => body};
  };
  const say = (...words) => consoleLines.push(words.join(" "));
  return {
    consoleLines, requests,
    globals: {
      document, atob, performance, fetch: fetchPage, innerWidth: 1200, innerHeight: 900,
      console: {log: say, warn: say, error: say},
      requestAnimationFrame: (draw) => draw(),
      ResizeObserver: class { observe() {} },
      matchMedia: (query) => ({matches: query === "print" ? isPrinted : isDark}),
      localStorage: {getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value)},
    },
  };
}

// The page with all its scripts run, or without the last of them, which draws (`isDrawn`).
export function openPage(data, options = {}) {
  const document = new Document(typeof data === "string" ? data : JSON.stringify(data));
  const browser = browserOf(document, options);
  const context = vm.createContext(browser.globals);
  const scripts = options.scripts ?? scriptNames().map((name) => [name, scriptText(name)]);
  for (const [name, text] of scripts)
    if (options.isDrawn !== false || name !== "start.js") vm.runInContext(`"use strict";\n${text}`, context, {filename: name});
  return {
    document, requests: browser.requests, consoleLines: browser.consoleLines,
    part: (name) => vm.runInContext(name, context),
    find: (selector) => document.documentElement.querySelector(selector),
    findAll: (selector) => document.documentElement.querySelectorAll(selector),
    text: () => document.body.children.filter((node) => node.getAttribute("id") !== "data").map((node) => node.textContent).join("\n"),
    html: () => document.body.children.filter((node) => node.getAttribute("id") !== "data").map((node) => node.outerHTML).join("\n"),
  };
}

// Arrays and objects of the page's scope as those of the test's, for comparisons.
export const plain = (value) => structuredClone(value);

// Let promises and their followers run.
export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
