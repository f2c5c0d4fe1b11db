// Readers and requests: a question before what cannot be taken back, all ticks at once, printing.
(() => {
  "use strict";
  addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.hasAttribute("data-print")) window.print();
    const asks = button?.dataset.sure ?? (button?.type === "submit" ? button.form?.dataset.sure : undefined);
    if (asks && !window.confirm(asks)) event.preventDefault();
  });
  addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-all]")) return;
    for (const one of document.querySelectorAll("[data-pick]")) one.checked = event.target.checked;
  });
})();
