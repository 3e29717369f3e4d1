// Views, filters and links into closed rows. Everything it shows is in the page without it.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const views = all("main > .view");
  const forms = new Map(all("form.filters").map((form) => [form.dataset.view, form]));
  const links = all(".views a");
  const ROWS = { findings: ".row", requirements: ".row", controls: "tr.control", services: ".row", owners: ".row", chain: ".thing" };
  const texts = new WeakMap();

  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, `${row.textContent}\n${row.id}`.toLowerCase());
    return texts.get(row);
  };

  // #findings?severity=error&q=route names a view and its filters.
  const read = () => {
    const [name, query = ""] = decodeURI(location.hash.slice(1)).split("?");
    return { name, query: new URLSearchParams(location.hash.split("?")[1] || query) };
  };

  const state = (form) => {
    const query = new URLSearchParams();
    for (const [key, value] of new FormData(form)) if (value) query.append(key, value);
    return query;
  };

  const fill = (form, query) => {
    for (const field of form.elements) {
      if (!field.name) continue;
      const wanted = query.getAll(field.name);
      if (field.type === "checkbox") field.checked = wanted.includes(field.value);
      else field.value = wanted[0] || "";
    }
  };

  const holds = (query, data, key) => {
    const wanted = query.getAll(key);
    return !wanted.length || wanted.includes(data[key] || "");
  };

  const keeps = (query, row) => {
    const any = query.getAll("has");
    const has = (row.dataset.has || "").split(" ");
    return ["verdict", "kind", "severity", "class"].every((key) => holds(query, row.dataset, key))
      && (!any.length || any.some((word) => has.includes(word)));
  };

  // Findings stand in groups: a group is shown with those of its findings that fit.
  const items = (query, words, row) => {
    const head = row.querySelector("summary").textContent.toLowerCase()
      + all(":scope > .body > p", row).map((it) => it.textContent).join("\n").toLowerCase();
    const left = words.filter((word) => !head.includes(word));
    let count = 0;
    for (const item of all(":scope > .body > article", row)) {
      const fits = ["status", "service", "owner", "node"].every((key) => holds(query, item.dataset, key))
        && left.every((word) => textOf(item).includes(word));
      item.hidden = !fits;
      if (fits) count += 1;
    }
    return count;
  };

  const say = (form, shown, total, query) => {
    const what = form.dataset.of;
    const many = what === "finding" ? "findings" : `${what}s`;
    const node = query.get("node");
    const on = node ? ` on ${(document.getElementById(`n-${node}`)?.querySelector("b") || {}).textContent || node}` : "";
    const text = shown === total && !node ? `${total} ${total === 1 ? what : many}` : `${shown} of ${total} ${many}${on}`;
    form.querySelector(".shown").textContent = text;
  };

  const apply = (view, query) => {
    const form = forms.get(view);
    if (!form) return;
    const words = (query.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    let total = 0;
    for (const row of all(ROWS[view], document.getElementById(view))) {
      const count = view === "findings" ? row.querySelectorAll(":scope > .body > article").length : 1;
      total += count;
      let left = keeps(query, row) && words.every((word) => textOf(row).includes(word)) ? count : 0;
      if (left && view === "findings") left = items(query, words, row);
      row.hidden = !left;
      shown += left;
    }
    const filtered = Array.from(query).length > 0;
    for (const layer of all("details.layer", view === "chain" ? document.getElementById(view) : undefined)) {
      if (view !== "chain") break;
      layer.hidden = filtered && !layer.querySelector(".thing:not([hidden])");
      if (filtered && !layer.hidden) layer.open = true;
    }
    say(form, shown, total, query);
  };

  const open = (target) => {
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };

  const show = (name, focus) => {
    for (const view of views) view.classList.toggle("on", view.id === name);
    for (const link of links) {
      if (link.hash === `#${name}`) {
        link.setAttribute("aria-current", "page");
        const bar = link.closest("ul");
        bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
      } else link.removeAttribute("aria-current");
    }
    if (focus) document.getElementById(name).focus({ preventScroll: true });
  };

  let first = true;
  const go = () => {
    const { name, query } = read();
    const target = document.getElementById(name);
    const view = target?.closest("main > .view") || views[0];
    show(view.id, !first && target === view);
    const form = forms.get(view.id);
    if (form && target === view) {
      fill(form, query);
      apply(view.id, query);
    } else if (target && target !== view) {
      // A link to one thing shows it whatever the filters are.
      if (form && target.closest("[hidden]")) {
        form.reset();
        fill(form, new URLSearchParams());
        apply(view.id, new URLSearchParams());
      }
      all(".here").forEach((row) => row.classList.remove("here"));
      open(target);
      target.classList.add("here");
      target.scrollIntoView({ block: "start" });
      const focusable = target.querySelector(":scope > summary") || target;
      if (!focusable.matches("summary, a, button")) focusable.tabIndex = -1;
      focusable.focus({ preventScroll: true });
    }
    if (!target || target === view) window.scrollTo(0, 0);
    first = false;
  };

  for (const [view, form] of forms) {
    form.hidden = false;
    apply(view, new URLSearchParams());
    let timer = 0;
    const changed = () => {
      const query = state(form);
      const text = query.toString();
      history.replaceState(null, "", `#${view}${text ? `?${text}` : ""}`);
      apply(view, query);
    };
    form.addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(changed, event.target.type === "search" ? 120 : 0);
    });
    form.addEventListener("reset", () => setTimeout(() => {
      fill(form, new URLSearchParams());
      changed();
    }));
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-filter]");
    if (!link) return;
    event.preventDefault();
    const query = new URLSearchParams([[link.dataset.filter, link.dataset.value]]);
    location.hash = `${link.hash}?${query}`;
  });
  // A browser that jumps to the view itself would hide the head of the page.
  window.addEventListener("load", () => {
    if (views.some((view) => view.id === read().name)) window.scrollTo(0, 0);
  });
  window.addEventListener("hashchange", go);
  window.addEventListener("beforeprint", () => all("details.requirement, details.layer").forEach((row) => { row.open = true; }));
  go();
})();
