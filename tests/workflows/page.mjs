// Drives a real Chromium over pages that obsproof made. Arguments: the folder of the pages, and a
// folder for screenshots (none are taken without it). Exits with 1 at the first thing that is wrong.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import puppeteer from "puppeteer-core";

const [folder, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
});
const said = [];
const done = (what) => { said.push(what); console.log(`ok  ${what}`); };

const open = async (name, { width = 1280, height = 900, dark = false, script = true } = {}, hash = "") => {
  const page = await browser.newPage();
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) faults.push(`asks for ${request.url()}`);
  });
  await page.setViewport({ width, height });
  await page.setJavaScriptEnabled(script);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  const started = performance.now();
  await page.goto(`file://${path.resolve(folder, name)}.html${hash}`, { waitUntil: "load" });
  if (script) await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
  return { page, faults, took: performance.now() - started };
};
const close = async ({ page, faults }) => { assert.deepEqual(faults, []); await page.close(); };
const shot = async (page, name, fullPage = false) => {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage });
};
const view = (page) => page.$eval("main > .view.on", (it) => it.id);
const shown = (page, id) => page.$eval(`#${id} .shown`, (it) => it.textContent);
const settle = (page) => new Promise((next) => setTimeout(next, 250)).then(() => page.evaluate(() => 0));
const VIEWS = ["overview", "requirements", "controls", "services", "owners", "findings", "chain", "about"];

const views = async () => {
  const at = await open("standard");
  const { page } = at;
  assert.equal(await view(page), "overview");
  for (const name of VIEWS) {
    await page.click(`.views a[href="#${name}"]`);
    await settle(page);
    assert.equal(await view(page), name);
    assert.equal(await page.$eval(".views a[aria-current]", (it) => it.hash), `#${name}`);
    const visible = await page.$$eval("main > .view", (all) => all.filter((it) => it.offsetParent).length);
    assert.equal(visible, 1);
    await shot(page, `view-${name}`);
  }
  await page.goBack();
  await settle(page);
  assert.equal(await view(page), "chain");
  await close(at);
  done("views change, and the way back works");
};

const filters = async () => {
  const at = await open("standard", {}, "#findings");
  const { page } = at;
  const all = await shown(page, "findings");
  await page.click('#findings input[name=severity][value=error]');
  await settle(page);
  const errors = await shown(page, "findings");
  assert.notEqual(errors, all);
  assert.match(errors, /^\d+ of \d+ findings$/);
  assert.match(page.url(), /#findings\?severity=error$/);
  const kinds = await page.$$eval("#findings .row:not([hidden])", (rows) => [...new Set(rows.map((it) => it.dataset.severity))]);
  assert.deepEqual(kinds, ["error"]);
  await page.type('#findings input[name=q]', "alertmanager");
  await settle(page);
  assert.match(page.url(), /q=alertmanager/);
  const rows = await page.$$eval("#findings .row:not([hidden])", (rows) => rows.every((it) => it.textContent.toLowerCase().includes("alertmanager")));
  assert.ok(rows);
  const link = page.url();
  await page.click("#findings button[type=reset]");
  await settle(page);
  assert.equal(await shown(page, "findings"), all);
  const again = await open("standard", {}, link.slice(link.indexOf("#")));
  assert.equal(await view(again.page), "findings");
  assert.ok(await again.page.$eval('#findings input[value=error]', (it) => it.checked));
  assert.equal(await again.page.$eval('#findings input[name=q]', (it) => it.value), "alertmanager");
  await shot(again.page, "filtered");
  await close(again);
  await page.click('.views a[href="#requirements"]');
  await settle(page);
  await page.click('#requirements input[name=verdict][value=not-met]');
  await settle(page);
  const verdicts = await page.$$eval("#requirements .row:not([hidden])", (rows) => [...new Set(rows.map((it) => it.dataset.verdict))]);
  assert.deepEqual(verdicts, ["not-met"]);
  await close(at);
  done("filters narrow, are told, can be linked and cleared");
};

const links = async () => {
  const at = await open("standard");
  const { page } = at;
  await page.click("#overview .tile");
  await settle(page);
  assert.equal(await view(page), "requirements");
  assert.ok(await page.$eval("#OBS-R01", (it) => it.open));
  const proof = await page.$("#requirements .requirement .proof");
  assert.ok(proof, "evidence opens in place");
  await page.goto(`${page.url().split("#")[0]}#chain`);
  await settle(page);
  const node = await page.$eval(".chain a.box", (it) => it.getAttribute("href"));
  await page.evaluate((href) => document.querySelector(`.chain a.box[href="${href}"]`).dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })), node);
  await page.goto(`${page.url().split("#")[0]}${node}`);
  await settle(page);
  assert.equal(await view(page), "chain");
  assert.ok(await page.$eval(node, (it) => it.getBoundingClientRect().height > 0));
  const on = await page.$(".thing a.filter");
  assert.ok(on, "a node leads to its findings");
  await page.evaluate((it) => it.click(), on);
  await settle(page);
  assert.equal(await view(page), "findings");
  assert.match(page.url(), /#findings\?node=/);
  assert.match(await shown(page, "findings"), / on /);
  await close(at);
  done("tiles, boxes and nodes lead to what they stand for");
};

const keyboard = async () => {
  const at = await open("shop");
  const { page } = at;
  await page.keyboard.press("Tab");
  assert.equal(await page.$eval(":focus", (it) => it.className), "skip");
  const names = new Set();
  for (let press = 0; press < 30; press += 1) {
    await page.keyboard.press("Tab");
    const [hash, ring] = await page.$eval(":focus", (it) => [it.hash || "", getComputedStyle(it).outlineStyle]);
    assert.notEqual(ring, "none", "focus is seen");
    names.add(hash);
    if (hash === "#findings") break;
  }
  assert.ok(names.has("#findings"));
  await page.keyboard.press("Enter");
  await settle(page);
  assert.equal(await view(page), "findings");
  let summary = false;
  for (let press = 0; press < 60 && !summary; press += 1) {
    await page.keyboard.press("Tab");
    summary = await page.$eval(":focus", (it) => it.tagName === "SUMMARY");
  }
  assert.ok(summary, "rows are reached by the keyboard");
  await page.keyboard.press("Enter");
  assert.ok(await page.$eval(":focus", (it) => it.parentElement.open));
  await page.keyboard.press("Space");
  assert.ok(await page.$eval(":focus", (it) => !it.parentElement.open));
  await close(at);
  done("everything is reached and opened by the keyboard, with focus seen");
};

const accessible = async () => {
  for (const dark of [false, true]) {
    const at = await open("standard", { dark });
    const { page } = at;
    for (const name of VIEWS) {
      await page.evaluate((it) => { location.hash = it; }, name);
      await settle(page);
      await page.$$eval(`#${name} details`, (all) => all.slice(0, 6).forEach((it) => { it.open = true; }));
      const found = await page.evaluate(async (source) => {
        if (!window.axe) (0, eval)(source);
        const result = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
        return result.violations.map((it) => `${it.id}: ${it.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
      }, axe).catch(async () => {
        // The policy of the page forbids eval: axe comes in by the protocol instead.
        const session = await page.createCDPSession();
        await session.send("Page.setBypassCSP", { enabled: true });
        await session.send("Runtime.evaluate", { expression: axe });
        return page.evaluate(async () => {
          const result = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
          return result.violations.map((it) => `${it.id}: ${it.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
        });
      });
      assert.deepEqual(found, [], `${name}, ${dark ? "dark" : "light"}`);
    }
    at.faults.length = 0;
    await close(at);
  }
  done("axe finds nothing in any view, light or dark (WCAG 2.2 AA)");
};

const without = async () => {
  const at = await open("shop", { script: false });
  const { page } = at;
  // Without scripts the page cannot be asked; the protocol can.
  const session = await page.createCDPSession();
  const { root } = await session.send("DOM.getDocument", { depth: 1 });
  for (const name of VIEWS) {
    const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector: `#${name}` });
    const { model } = await session.send("DOM.getBoxModel", { nodeId });
    assert.ok(model.height > 0, `${name} is there without JavaScript`);
  }
  assert.deepEqual(at.faults, []);
  await page.close();
  done("without JavaScript all views stand below each other");
};

const narrow = async () => {
  for (const dark of [false, true]) {
    const at = await open("standard", { width: 390, height: 844, dark });
    const { page } = at;
    for (const name of VIEWS) {
      await page.evaluate((it) => { location.hash = it; }, name);
      await settle(page);
      const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= seen, `${name} is ${wide} wide on a screen of ${seen}`);
      await shot(page, `narrow-${name}${dark ? "-dark" : ""}`);
    }
    await close(at);
  }
  const at = await open("standard", { dark: true });
  for (const name of VIEWS) {
    await at.page.evaluate((it) => { location.hash = it; }, name);
    await settle(at.page);
    await shot(at.page, `dark-${name}`);
  }
  await close(at);
  done("a screen of 390 pixels needs no sideways scrolling");
};

const printed = async () => {
  const at = await open("standard");
  const pdf = await at.page.pdf({ format: "A4", printBackground: true, path: shots ? path.join(shots, "print.pdf") : undefined });
  assert.ok(pdf.length > 20_000);
  await close(at);
  done(`prints: ${Math.round(pdf.length / 1024)} KiB of PDF`);
};

const timed = async () => {
  const size = statSync(path.join(folder, "many.html")).size;
  const at = await open("many", {}, "#findings");
  const { page, took } = at;
  const told = await shown(page, "findings");
  const count = Number(told.match(/^(\d+)/)[1]);
  assert.ok(count >= 5000, told);
  const used = await page.evaluate(async () => {
    const field = document.querySelector("#findings input[name=q]");
    const frame = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
    const started = performance.now();
    field.value = "Alert7Of9";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((next) => {
      new MutationObserver(next).observe(document.querySelector("#findings .shown"), { childList: true, characterData: true, subtree: true });
    });
    await frame();
    return performance.now() - started;
  });
  assert.match(await shown(page, "findings"), /^\d+ of \d+ findings$/);
  await shot(page, "many");
  await close(at);
  const line = `${count} findings, ${(size / 1e6).toFixed(1)} MB: shown after ${Math.round(took)} ms, filtered in ${Math.round(used)} ms`;
  return { fast: took < 2000 && used < 2000, line };
};

// Other programs on the machine can only make it slower: one of three times is enough.
const many = async () => {
  let last = await timed();
  for (let more = 0; more < 2 && !last.fast; more += 1) last = await timed();
  assert.ok(last.fast, last.line);
  done(last.line);
};

try {
  for (const test of [views, filters, links, keyboard, without, narrow, printed, many, accessible]) await test();
  console.log(`${said.length} checks passed in ${await browser.version()}`);
} catch (error) {
  console.error(error.message || error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
