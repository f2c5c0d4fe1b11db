// How much of a file is on its way.
addEventListener("htmx:xhr:progress", (event) => {
  const sent = document.querySelector("#sent");
  if (!sent || !event.detail.total) return;
  sent.hidden = false;
  sent.value = (event.detail.loaded * 100) / event.detail.total;
});
addEventListener("htmx:afterRequest", () => {
  const sent = document.querySelector("#sent");
  if (sent) sent.hidden = true;
});
