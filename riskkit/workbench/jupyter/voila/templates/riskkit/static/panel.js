// Buttons drawn inside a panel: data-rk-act says what is asked for. It is put in the panel's mailbox, a text widget, which
// hands it to the kernel; the kernel checks it. What is drawn again keeps the focus where it was.
(function () {
  "use strict";
  if (window.riskkitPanel) return;
  window.riskkitPanel = true;
  let count = 0;
  let focused = null;

  function ask(button) {
    const panel = button.closest(".rk-explorer");
    const box = panel && panel.querySelector(".rk-mailbox input");
    if (!box) return;
    focused = { act: button.dataset.rkAct, panel: panel, until: Date.now() + 3000 };
    count += 1;
    box.value = count + "|" + button.dataset.rkAct;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest && event.target.closest("[data-rk-act]");
    if (button && !button.disabled) ask(button);
  });

  // The button pressed was drawn again, or is gone: the focus goes to it, else to where the filters are said.
  function refocus() {
    if (!focused) return;
    const lost = document.activeElement === document.body || !document.activeElement;
    if (Date.now() > focused.until || !lost) { focused = null; return; }
    const wanted = "[data-rk-act=" + JSON.stringify(focused.act) + "]";
    const place = focused.panel.querySelector(wanted) || focused.panel.querySelector(".rk-trail button");
    if (place) place.focus({ preventScroll: true });
    focused = null;
  }
  new MutationObserver(function (changes) {
    if (focused && changes.some(function (c) { return c.target.closest && c.target.closest(".rk-explorer"); })) {
      requestAnimationFrame(refocus);
    }
  }).observe(document.documentElement, { subtree: true, childList: true });
})();
