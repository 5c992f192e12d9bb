// The shell of a riskkit page: shows the page when it is ready, frees the kernel when the page goes away, says when the
// kernel is lost, keeps the address and the title in step with what is shown. Loaded before Voila's own scripts.
(function () {
  "use strict";
  const POLL_MS = 5000;
  const shell = JSON.parse(document.getElementById("rk-shell").textContent);
  const asked = new URLSearchParams(location.search).get("language");
  let language = asked in shell.texts ? asked : shell.language;
  let texts = shell.texts[language];
  let leaving = false;
  let shown = false;

  function setting(name) {
    const element = document.getElementById("jupyter-config-data");
    return element ? JSON.parse(element.textContent)[name] : null;
  }

  function translateShell() {
    document.documentElement.lang = language;
    document.querySelectorAll("[data-rk-text]").forEach(function (element) {
      element.textContent = texts[element.dataset.rkText] || element.textContent;
    });
  }

  // ---- Light or dark, as the reader's system says, also for what the pages bring.
  const night = matchMedia("(prefers-color-scheme: dark)");
  function shade() { document.documentElement.dataset.rkTheme = night.matches ? "dark" : "light"; }
  night.addEventListener("change", shade);
  shade();

  // ---- Waiting. Voila calls voila_finish when its theme is loaded; the page is shown when both are there.
  function show() {
    if (shown || document.readyState === "loading") return;
    shown = true;
    const wheel = document.getElementById("loading");
    if (wheel) wheel.remove();
    document.getElementById("rendered_cells").hidden = false;
  }
  window.voila_finish = window.display_cells = show;
  window.voila_process = window.voila_heartbeat = window.update_loading_text = function () {};
  window.cellLoaded = true;

  // The server stopped in the middle of the page: say so instead of waiting for ever.
  function breakOff() {
    const wait = document.getElementById("loading") || document.body;
    wait.innerHTML = "";
    const box = wait.appendChild(document.createElement("div"));
    box.className = "rk-fault";
    box.setAttribute("role", "alert");
    box.dataset.testid = "page-error";
    box.appendChild(document.createElement("p")).textContent = texts.fault;
    const button = box.appendChild(document.createElement("button"));
    button.className = "rk-button";
    button.dataset.rkReload = "";
    button.textContent = texts.reload;
  }

  // ---- Leaving. Voila closes the kernel on `beforeunload`, which also fires for mailto links and downloads while the
  // page stays: its listener is kept from running and the kernel is closed on `pagehide`. The XSRF token goes with it.
  window.addEventListener("beforeunload", function (event) { event.stopImmediatePropagation(); }, { capture: true });
  window.addEventListener("pagehide", function () {
    leaving = true;
    const kernel = setting("kernelId");
    if (!kernel) return;
    const form = new FormData();
    const cookie = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/);
    form.append("_xsrf", cookie ? decodeURIComponent(cookie[1]) : "");
    navigator.sendBeacon(setting("baseUrl") + "voila/api/shutdown/" + kernel, form);
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });

  // ---- Session lost. 404: the kernel is gone. 403: signed out. No answer: the server or the network is.
  function say(reason) {
    const banner = document.getElementById("rk-session");
    if (!banner) return;
    banner.hidden = !reason;
    if (reason) document.getElementById("rk-session-text").textContent = texts[reason];
    document.body.classList.toggle("rk-lost", Boolean(reason));
  }
  let unanswered = 0;
  async function check() {
    const kernel = setting("kernelId");
    if (!kernel || leaving) return;
    try {
      const answer = await fetch(setting("baseUrl") + "api/kernels/" + kernel, { credentials: "same-origin", cache: "no-store" });
      unanswered = 0;
      if (leaving) return;
      say(answer.ok ? "" : answer.status === 404 ? "lost" : answer.status === 403 ? "signed_out" : "unreachable");
    } catch (error) {
      unanswered += 1;
      if (unanswered > 1 && !leaving) say("unreachable");
    }
  }
  setInterval(check, POLL_MS);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) check(); });
  window.addEventListener("online", check);

  document.addEventListener("click", function (event) {
    if (!event.target.closest) return;
    if (event.target.closest("[data-rk-reload]")) location.reload();
    const chooser = event.target.closest("[data-rk-set]");
    if (chooser) choose(chooser);
  });

  // A button in a table, data-rk-set="<class of a drop-down>" data-rk-value="<rank of its option>", makes that choice.
  // The table is drawn again: the button in the same place gets the focus back.
  let focused = null;
  function choose(button) {
    const list = document.querySelector("." + CSS.escape(button.dataset.rkSet) + " select");
    if (!list) return;
    const all = Array.from(document.querySelectorAll("[data-rk-set]"));
    focused = { rank: all.indexOf(button), until: Date.now() + 3000 };
    list.selectedIndex = Number(button.dataset.rkValue);
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function refocus() {
    if (!focused) return;
    const button = document.querySelectorAll("[data-rk-set]")[focused.rank];
    if (Date.now() > focused.until || (document.activeElement !== document.body && document.activeElement !== button)) {
      focused = null;
    } else if (button && document.activeElement !== button) {
      button.focus();
      focused = null;
    }
  }

  // ---- What the kernel asks of the browser, as attributes of an element it draws (no script comes from a kernel):
  // data-rk-address="page=clients&…" the address that shows this state again, data-rk-title the tab's title,
  // data-rk-language the language of the page.
  let obeyed = null;
  function obey() {
    const title = document.querySelector("[data-rk-title]");
    if (title && title.dataset.rkTitle && document.title !== title.dataset.rkTitle) document.title = title.dataset.rkTitle;
    refocus();
    const address = document.querySelector("[data-rk-address]");
    if (!address) return;
    const spoken = address.dataset.rkLanguage;
    if (spoken && spoken !== language && spoken in shell.texts) {
      language = spoken;
      texts = shell.texts[language];
      translateShell();
    }
    if (obeyed === address.dataset.rkAddress) return;  // the reader may be on the way back from it
    obeyed = address.dataset.rkAddress;
    const query = new URLSearchParams(obeyed).toString();
    const wanted = query ? "?" + query : "";
    if (wanted !== location.search) {
      const added = address.hasAttribute("data-rk-step");
      history[added ? "pushState" : "replaceState"]({}, "", location.pathname + wanted + location.hash);
    }
  }
  document.addEventListener("DOMContentLoaded", function () {
    translateShell();
    if (!document.getElementById("rk-session")) return breakOff();
    if (window.themeLoaded || document.querySelector("[data-testid='page-error']")) show();
    new MutationObserver(obey).observe(document.getElementById("rendered_cells"), {
      subtree: true, childList: true, attributes: true, attributeFilter: ["data-rk-address", "data-rk-title"],
    });
    obey();
  });
})();
