// Before the first paint: light or dark as this browser last chose, else as the system has it.
(() => {
  "use strict";
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* storage is switched off */ }
  const show = () => {
    const known = chosen === "light" || chosen === "dark";
    root.dataset.theme = known ? chosen : system.matches ? "dark" : "light";
  };
  show();
  system.addEventListener("change", show);
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    show();
    try { localStorage.setItem("theme", chosen); } catch { /* as above */ }
  });
})();
