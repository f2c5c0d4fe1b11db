// Until the other scripts are here: what was pressed meanwhile is done as soon as they are.
(() => {
  "use strict";
  const late = [];
  const needsScripts = ({ type, dataset, form }) => type === "button" || dataset.sure || form?.dataset.sure
    || (form && !form.hasAttribute("action") && form.method !== "dialog");
  function click(event) {
    const button = event.target.closest?.("button");
    if (!button || !needsScripts(button)) return;
    event.preventDefault();
    late.push(() => button.click());
  }
  function key(event) {
    late.push(() => event.target.dispatchEvent(new KeyboardEvent("keydown", event)));
  }
  addEventListener("click", click, true);
  addEventListener("keydown", key, true);
  addEventListener("DOMContentLoaded", () => setTimeout(() => {  // htmx begins with this event as well
    removeEventListener("click", click, true);
    removeEventListener("keydown", key, true);
    for (const act of late) act();
  }));
})();
