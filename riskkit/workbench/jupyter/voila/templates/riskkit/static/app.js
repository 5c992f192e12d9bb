// What a reader does on the dashboard, handed to the kernel: data-rk-do says what is asked for, data-rk-value with what.
// One line of JSON goes into a text widget, the letterbox; the kernel checks it and answers by drawing. The number of
// the last request served comes back with the address of what is shown.
(function () {
  "use strict";
  if (window.riskkitApp) return;
  window.riskkitApp = true;
  const BUSY_MS = 350, LIVE_MS = 140, FOCUS_MS = 4000;
  let shownPage = null, count = 0, focused = null, waiting = null, typing = null, downloaded = "";

  function letterbox() { return document.querySelector(".rk-app .rk-letterbox input"); }

  function ask(what, value, values) {
    const box = letterbox();
    if (!box) return false;
    count += 1;
    box.value = JSON.stringify({ n: count, do: what, value: value || "", values: values || {} });
    box.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(waiting);
    waiting = setTimeout(function () { document.documentElement.dataset.rkBusy = ""; }, BUSY_MS);
    return true;
  }
  window.riskkitAsk = ask;

  function served() {
    const address = document.querySelector("[data-rk-served]");
    if (!address || Number(address.dataset.rkServed) < count) return;
    clearTimeout(waiting);
    delete document.documentElement.dataset.rkBusy;
    document.querySelectorAll(".rk-app select[data-rk-do]").forEach(function (list) {  // refused: back to what is shown
      const drawn = Array.from(list.options).findIndex(function (option) { return option.defaultSelected; });
      if (drawn >= 0 && list.selectedIndex !== drawn) list.selectedIndex = drawn;
    });
    const link = document.querySelector("[data-rk-download]");
    if (link && link.dataset.rkDownload !== downloaded) {
      downloaded = link.dataset.rkDownload;
      link.click();
    }
    refocus();
  }

  // What is drawn again keeps the focus: the element that asks for the same thing gets it, else the heading.
  function remember(element) {
    const all = ["rkDo", "rkValue", "rkKey"].filter(function (name) { return element.dataset[name] !== undefined; });
    const css = all.map(function (name) {
      const attribute = "data-" + name.replace(/[A-Z]/g, function (c) { return "-" + c.toLowerCase(); });
      return "[" + attribute + "=" + JSON.stringify(element.dataset[name]) + "]";
    }).join("");
    focused = css ? { css: css, until: Date.now() + FOCUS_MS } : null;
  }
  function refocus() {
    if (!focused) return;
    const active = document.activeElement;
    const lost = !active || active === document.body || !active.isConnected;
    if (lost && Date.now() < focused.until) {
      const next = Array.from(document.querySelectorAll(focused.css)).find(function (e) { return e.offsetParent; });
      if (next) next.focus({ preventScroll: true });
    }
    focused = null;
  }

  document.addEventListener("click", function (event) {
    const target = event.target.closest ? event.target : null;
    if (!target) return;
    if (target.closest("[data-rk-print]")) return window.print();
    const heading = target.closest("table.rk-sortable thead th[scope=col]");
    if (heading && !target.closest("[data-rk-do]")) return sort(heading);
    const asked = target.closest("a[data-rk-do], button[data-rk-do]");
    if (!asked || asked.disabled || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    remember(asked);
    if (ask(asked.dataset.rkDo, asked.dataset.rkValue)) {
      event.preventDefault();
      if (asked.dataset.rkDo === "page" || asked.dataset.rkDo === "customer") window.scrollTo(0, 0);
    }
  });

  // Lists and boxes to tick ask when they change; fields marked live ask while they are typed in.
  document.addEventListener("change", function (event) {
    const field = event.target;
    if (!field.matches || !field.matches("select[data-rk-do], input[type=checkbox][data-rk-do], input[data-rk-do]:not([data-rk-live])")) return;
    remember(field);
    const value = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value;
    ask(field.dataset.rkDo, field.dataset.rkKey ? field.dataset.rkKey + "=" + value : value);
  });
  document.addEventListener("input", function (event) {
    const field = event.target;
    if (!field.matches || !field.matches("input[data-rk-live]")) return;
    clearTimeout(typing);
    typing = setTimeout(function () { ask(field.dataset.rkDo, field.value); }, LIVE_MS);
  });
  document.addEventListener("submit", function (event) {
    const form = event.target.closest("form[data-rk-form]");
    if (!form) return;
    event.preventDefault();
    const values = {};
    new FormData(form).forEach(function (value, name) { values[name] = String(value); });
    form.querySelectorAll("[data-rk-remember]").forEach(function (field) {
      try { localStorage.setItem("riskkit-" + field.name, field.value); } catch (error) { /* private window */ }
    });
    remember(form);
    ask(form.dataset.rkForm, form.dataset.rkValue, values);
  });

  // Tables that are drawn whole sort in the browser: numbers by value, text as the language orders it, totals stay below.
  function sort(heading) {
    const table = heading.closest("table"), column = heading.cellIndex, body = table.tBodies[0];
    const number = heading.classList.contains("rk-number"), was = heading.getAttribute("aria-sort");
    const up = was ? was === "descending" : !number;
    table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = Array.from(body.rows), stays = function (row) { return row.classList.contains("rk-rest"); };
    const key = function (row) { return row.cells[column].dataset.sort || ""; };
    const moved = rows.filter(function (row) { return !stays(row); }).sort(function (one, other) {
      const a = key(one), b = key(other);
      if (a === "" || b === "") return (a === "") - (b === "");
      const order = number ? a - b : a.localeCompare(b, document.documentElement.lang);
      return up ? order : -order;
    });
    moved.concat(rows.filter(stays)).forEach(function (row) { body.appendChild(row); });
  }

  // What is drawn: headings that sort can be reached by the keyboard, names that were typed once are there again, and on
  // a narrow screen the page one is on is seen among the pages.
  function dress() {
    const here = document.querySelector("nav.rk-pages [aria-current]");
    if (here && here !== shownPage) {
      const list = here.closest("ul");
      shownPage = here;
      list.scrollLeft += here.getBoundingClientRect().left - list.getBoundingClientRect().left - 24;
    }
    document.querySelectorAll("table.rk-sortable thead th[scope=col]:not([tabindex])").forEach(function (heading) {
      heading.tabIndex = 0;
    });
    document.querySelectorAll("[data-rk-remember]:not([data-rk-known])").forEach(function (field) {
      field.dataset.rkKnown = "";
      try { field.value = field.value || localStorage.getItem("riskkit-" + field.name) || ""; } catch (error) { /* none */ }
    });
  }
  window.addEventListener("resize", function () { shownPage = null; dress(); });
  document.addEventListener("keydown", function (event) {
    const heading = event.target.closest && event.target.closest("table.rk-sortable thead th[tabindex]");
    if (heading && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); sort(heading); }
  });

  // Back and forward: the kernel shows what the address says; without one the page is loaded again.
  window.addEventListener("popstate", function () {
    if (!ask("address", location.search)) location.reload();
  });

  let pending = false;
  function watch() {
    new MutationObserver(function () {
      if (pending) return;
      pending = true;
      requestAnimationFrame(function () { pending = false; dress(); served(); });
    }).observe(document.documentElement, { subtree: true, childList: true });
    dress();
  }
  watch();
})();
