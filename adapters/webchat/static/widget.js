/* One script tag of another site: a button in the corner that opens the library's chat in a frame. */
(function () {
  "use strict";

  var READY_MS = 10000;
  /* The chat says that it is ready before its page has loaded: a page that has and says nothing is the browser's refusal. */
  var LOADED_MS = 1500;
  var tag = document.currentScript;
  if (!tag || window.bibliobotWidget) return;
  window.bibliobotWidget = true;

  var WORDS = {
    ru: { open: "Спросить библиотеку", close: "Закрыть чат", title: "Чат с библиотекой", apart: "Открыть чат в новом окне" },
    en: { open: "Ask the library", close: "Close the chat", title: "Chat with the library", apart: "Open the chat in a new window" },
  };
  var language = tag.getAttribute("data-language") || document.documentElement.lang.slice(0, 2);
  var words = WORDS[language] || WORDS.ru;
  var label = tag.getAttribute("data-label") || words.open;
  var left = tag.getAttribute("data-position") === "left";
  var colour = /^#[0-9a-f]{6}$/i.test(tag.getAttribute("data-colour") || "") ? tag.getAttribute("data-colour") : "#1f5f5b";
  var base = new URL(".", tag.src).href;
  var root = new URL("..", base).href;
  var query = WORDS[language] ? "?lang=" + language : "";

  /** Black or white, whichever is read more easily on the site's colour (WCAG relative luminance). */
  function onColour(hex) {
    var parts = [1, 3, 5].map(function (at) {
      var share = parseInt(hex.substr(at, 2), 16) / 255;
      return share <= 0.03928 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    });
    var light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
  }

  /** Styles one by one: a site's policy may forbid style elements and attributes, never this. */
  function dress(element, styles) {
    Object.keys(styles).forEach(function (name) {
      element.style.setProperty(name, styles[name], "important");
    });
  }

  /** An element of ours, as the browser itself would show it: nothing of the site's rules for its kind. */
  function made(kind) {
    var element = document.createElement(kind);
    dress(element, { all: "revert", visibility: "visible" });
    return element;
  }

  var side = left ? "left" : "right";
  var button = made("button");
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-haspopup", "dialog");
  dress(button, {
    display: "inline-block", position: "fixed", bottom: "16px", "z-index": "2147483000", "min-height": "56px", margin: "0", padding: "12px 22px",
    border: "2px solid " + onColour(colour), "border-radius": "28px", background: colour, color: onColour(colour),
    font: "600 18px/1.3 system-ui, sans-serif", "box-shadow": "0 4px 16px rgba(0,0,0,.35)", cursor: "pointer",
    "max-width": "calc(100vw - 32px)", "box-sizing": "border-box", "text-transform": "none", "letter-spacing": "normal",
  });
  button.style.setProperty(side, "16px", "important");

  var box = made("div");
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", words.title);
  box.hidden = true;
  var frame = null;
  var ready = false;

  function place() {
    var narrow = window.innerWidth < 560 || window.innerHeight < 560;
    dress(box, {
      position: "fixed", "z-index": "2147483001", overflow: "hidden", background: "#fff",
      bottom: narrow ? "0" : "16px", width: narrow ? "100%" : "420px",
      height: narrow ? "100%" : "min(700px, calc(100vh - 32px))", "border-radius": narrow ? "0" : "16px",
      "box-shadow": "0 8px 40px rgba(0,0,0,.4)", display: box.hidden ? "none" : "block",
    });
    box.style.setProperty(side, narrow ? "0" : "16px", "important");
    box.style.setProperty(left ? "right" : "left", "auto", "important");
  }

  function open() {
    if (!frame) {
      frame = made("iframe");
      frame.src = base + "frame" + query;
      frame.title = words.title;
      dress(frame, { display: "block", width: "100%", height: "100%", border: "0" });
      frame.addEventListener("load", function () { setTimeout(offerWindow, LOADED_MS); });
      box.appendChild(frame);
      setTimeout(offerWindow, READY_MS);
    }
    box.hidden = false;
    button.style.setProperty("display", "none", "important");
    button.setAttribute("aria-expanded", "true");
    place();
    if (ready) greet();
    else frame.focus();
  }

  function greet() {
    frame.focus();
    frame.contentWindow.postMessage({ bibliobot: "opened" }, "*");
  }

  function close() {
    box.hidden = true;
    place();
    button.style.setProperty("display", "inline-block", "important");
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  /** The frame did not answer: this site is not in `embed_on`, or the chat is away. */
  function offerWindow() {
    if (ready || !frame.parentNode) return;
    console.warn("Bibliobot: no answer from " + frame.src + ". Is " + location.origin + " in channels.webchat.embed_on?");
    var link = made("a");
    link.href = root + query;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = words.apart;
    dress(link, { display: "block", padding: "24px", font: "18px/1.4 system-ui, sans-serif", color: "#135e8c" });
    var shut = made("button");
    shut.type = "button";
    shut.textContent = words.close;
    shut.addEventListener("click", close);
    dress(shut, { margin: "0 24px", padding: "12px 20px", font: "18px/1.4 system-ui, sans-serif" });
    box.removeChild(frame);
    box.appendChild(link);
    box.appendChild(shut);
    link.focus();
  }

  window.addEventListener("message", function (event) {
    if (!frame || event.source !== frame.contentWindow || !event.data) return;
    if (event.data.bibliobot === "close") close();
    if (event.data.bibliobot === "ready") {
      ready = true;
      if (!box.hidden) greet();
    }
  });
  window.addEventListener("resize", place);
  button.addEventListener("click", open);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !box.hidden) close();
  });

  function begin() {
    document.body.appendChild(button);
    document.body.appendChild(box);
    place();
  }
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
