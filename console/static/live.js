// The list keeps itself fresh.
(() => {
  "use strict";
  const panes = document.querySelector(".panes");
  if (!panes) return;
  const title = document.title;

  let first = true;
  const stream = new EventSource(panes.dataset.stream);
  stream.addEventListener("counts", (event) => {
    const counts = JSON.parse(event.data);
    document.title = counts.waiting ? `(${counts.waiting}) ${title}` : title;
    desk.calls?.heard(counts);
    if (!first || document.querySelector("[data-list]")?.dataset.stale) refresh();
    first = false;
  });
  stream.addEventListener("error", () => { document.querySelector("[data-list]")?.setAttribute("data-stale", "1"); });

  let soon = 0;
  function refresh() {
    clearTimeout(soon);
    soon = setTimeout(() => {
      const list = document.querySelector("[data-list]");
      if (!list || document.hidden) return;
      const focused = document.activeElement?.closest?.("[data-row]")?.getAttribute("href");
      list.removeAttribute("data-stale");
      list.addEventListener("htmx:afterSwap", () => {
        if (focused) list.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
      }, { once: true });
      htmx.trigger(list, "refresh");
    }, 150);
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
})();
