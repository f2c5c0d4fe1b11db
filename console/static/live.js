// The list keeps itself fresh.
(() => {
  "use strict";
  const panes = document.querySelector(".panes");
  if (!panes) return;

  // The first word as well: something may have happened since the page was made.
  desk.listen(panes.dataset.stream, "counts", (said) => {
    const counts = JSON.parse(said);
    desk.waiting(counts);
    desk.calls?.heard(counts);
    refresh();
  }, refresh);

  let soon = 0;
  function refresh() {
    clearTimeout(soon);
    soon = setTimeout(() => {
      const list = document.querySelector("[data-list]");
      if (!list || document.hidden) return;
      htmx.trigger(list, "refresh");
    }, 150);
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
})();
