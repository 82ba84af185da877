// As much of a browser's document as the report page asks for: a tree of elements whose text and
// attributes are kept apart, events, and boxes of one size. What the page must never use, such as
// innerHTML, throws.

const SVG = "http://www.w3.org/2000/svg";
const voidElements = new Set(["input", "meta", "link", "br"]);

const escapedText = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const escapedAttribute = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

export class TextNode {
  constructor(text) {
    this.data = String(text);
    this.parent = null;
  }
  get textContent() { return this.data; }
  get outerHTML() { return escapedText(this.data); }
}

export class Element {
  constructor(name, namespace = null) {
    this.localName = name;
    this.namespaceURI = namespace;
    this.attributes = new Map();
    this.childNodes = [];
    this.parent = null;
    this.listeners = new Map();
    this.style = {};
    this.dataset = {};
    this.hidden = false;
    this.given = null; // the value that was set, of an input or a choice
  }

  get children() { return this.childNodes.filter((node) => node instanceof Element); }
  get clientWidth() { return 640; }
  get innerHTML() { throw new Error("innerHTML is not for this page"); }
  set innerHTML(_) { throw new Error("innerHTML is not for this page"); }
  insertAdjacentHTML() { throw new Error("insertAdjacentHTML is not for this page"); }

  get textContent() { return this.childNodes.map((node) => node.textContent).join(""); }
  set textContent(text) { this.replaceChildren(...(text === "" ? [] : [new TextNode(text)])); }

  get value() {
    if (this.given !== null) return this.given;
    return this.localName === "select" ? this.children[0]?.getAttribute("value") ?? "" : this.getAttribute("value") ?? "";
  }
  set value(text) { this.given = String(text); }

  setAttribute(key, value) {
    if (/^on/i.test(key)) throw new Error(`the attribute ${key} would run text as a program`);
    this.attributes.set(key, String(value));
  }
  getAttribute(key) { return this.attributes.get(key) ?? null; }

  adopt(child) {
    const node = typeof child === "string" ? new TextNode(child) : child;
    if (node.parent) node.parent.childNodes = node.parent.childNodes.filter((other) => other !== node);
    node.parent = this;
    return node;
  }
  append(...children) { for (const child of children) this.childNodes.push(this.adopt(child)); }
  appendChild(child) {
    this.append(child);
    return child;
  }
  insertBefore(child, before) {
    const node = this.adopt(child);
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    if (at < 0) throw new Error("insertBefore: no such child");
    this.childNodes.splice(at, 0, node);
    return node;
  }
  replaceChildren(...children) {
    for (const node of this.childNodes) node.parent = null;
    this.childNodes = [];
    this.append(...children);
  }

  get classList() {
    const names = new Set((this.getAttribute("class") ?? "").split(/\s+/).filter(Boolean));
    const keep = () => this.attributes.set("class", [...names].join(" "));
    return {add: (name) => { names.add(name); keep(); }, remove: (name) => { names.delete(name); keep(); }, contains: (name) => names.has(name)};
  }

  addEventListener(kind, listener) {
    if (typeof listener !== "function") throw new Error(`the listener of ${kind} is no function`);
    this.listeners.set(kind, [...this.listeners.get(kind) ?? [], listener]);
  }
  // Runs the listeners as the browser does; gives back what they return, so that a test can wait.
  fire(kind, event = {}) {
    const full = {type: kind, clientX: 0, clientY: 0, button: 0, pointerType: "mouse", pointerId: 1, preventDefault() {}, ...event};
    return Promise.all((this.listeners.get(kind) ?? []).map((listener) => listener(full)));
  }
  click() { return this.fire("click"); }
  blur() { return this.fire("blur"); }
  select() {}
  setPointerCapture() {}
  getBoundingClientRect() { return {left: 0, top: 0, width: this.clientWidth, height: 240}; }

  // Every element below, in the order of the page.
  *all() {
    for (const child of this.children) {
      yield child;
      yield* child.all();
    }
  }
  // "name", ".class", "name.class" or "#id"; nothing else is needed.
  querySelectorAll(selector) {
    const [, name, sign, rest] = /^([\w-]*)(?:([.#])([\w-]+))?$/.exec(selector);
    return [...this.all()].filter((node) => (!name || node.localName === name) &&
      (!sign || (sign === "#" ? node.getAttribute("id") === rest : node.classList.contains(rest))));
  }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }

  get outerHTML() {
    const named = [...this.attributes].map(([key, value]) => ` ${key}="${escapedAttribute(value)}"`);
    const data = Object.entries(this.dataset).map(([key, value]) => ` data-${key}="${escapedAttribute(value)}"`);
    const open = `<${this.localName}${named.join("")}${data.join("")}${this.hidden ? " hidden" : ""}>`;
    if (voidElements.has(this.localName)) return open;
    const isRaw = this.localName === "script" || this.localName === "style";
    const inner = this.childNodes.map((node) => isRaw ? node.textContent : node.outerHTML).join("");
    return `${open}${inner}</${this.localName}>`;
  }
}

// The document of data/report/page.html with its data, before any script has run.
export class Document {
  constructor(dataText) {
    this.documentElement = new Element("html");
    this.body = new Element("body");
    this.title = "";
    this.documentElement.append(this.body);
    for (const [name, id] of [["header", "top"], ["main", "page"], ["footer", "foot"], ["script", "data"]]) {
      const node = new Element(name);
      node.setAttribute("id", id);
      this.body.append(node);
    }
    this.getElementById("data").textContent = dataText;
  }
  createElement(name) { return new Element(name); }
  createElementNS(namespace, name) {
    if (namespace !== SVG) throw new Error(`unknown namespace ${namespace}`);
    return new Element(name, namespace);
  }
  createTextNode(text) { return new TextNode(text); }
  getElementById(id) { return this.documentElement.querySelector(`#${id}`); }
}
