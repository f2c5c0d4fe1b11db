/* The chat page: brings memory, line and view together. No framework, no build; understood by browsers of 2018. */
(function () {
  "use strict";

  var SLOW_MS = 12000;
  var GIVE_UP_TYPING_MS = 60000;
  var TELL_LOST_MS = 1500;
  var COUNT_FROM = 300;

  var Bibliobot = window.Bibliobot;
  var make = Bibliobot.make;
  var known = JSON.parse(document.getElementById("known").textContent);
  var words = known.words;
  var base = new URL("..", document.currentScript.src).href; // …/chat/static/chat.js → …/chat/
  var framed = document.documentElement.classList.contains("framed");

  function byId(id) {
    return document.getElementById(id);
  }

  // Too old a browser: the page says by itself whom to call.
  if (!window.fetch || !window.crypto || !window.Promise || !Array.from || !Element.prototype.closest) return;

  var memory = new Bibliobot.Memory(new URL(base).pathname);
  var view = new Bibliobot.View(byId("scroll"), byId("log"), byId("newer"), known, pressButton);
  var text = byId("text");
  var line = null;
  var queue = []; // what we said and the library does not have yet: {id, text, payload, hidden, element, adopted}
  var posting = false;
  var retryTimer = null;
  var awaited = 0; // the newest message of ours that may still be answered
  var replied = {}; // messages of ours that have an answer
  var typingTimers = [];

  // --- saying ---------------------------------------------------------------------------------

  function say(sentence, payload) {
    var item = { id: memory.newId(), text: sentence };
    if (payload) item.payload = payload;
    item.element = view.showPending(sentence);
    queue.push(item);
    remember();
    pump();
  }

  function pressButton(button) {
    say(button.label, button.payload);
  }

  /** A newcomer is greeted without having to type. */
  function start(parameter) {
    queue.push({ id: "start:" + parameter, text: "", payload: parameter ? "start:" + parameter : "start", hidden: true });
    pump();
  }

  function remember() {
    memory.unsent(
      queue
        .filter(function (item) {
          return !item.hidden;
        })
        .map(function (item) {
          return { id: item.id, text: item.text, payload: item.payload };
        })
    );
  }

  /** Post what waits, one after the other: the library hears it in the order it was said. */
  function pump() {
    clearTimeout(retryTimer);
    if (posting || !queue.length) return;
    var item = queue[0];
    var message = { id: item.id, text: item.text, language: known.language };
    if (item.payload) message.payload = item.payload;
    posting = true;
    if (item.element) view.fate(item.element, item.adopted ? "" : words.sending);
    var to = line;
    to.post(message).then(
      function (id) {
        posting = false;
        if (to !== line) return;
        taken(item, id);
        pump();
      },
      function (trouble) {
        posting = false;
        if (to !== line) return;
        notTaken(item, trouble);
      }
    );
  }

  function taken(item, id) {
    queue.shift();
    remember();
    expectAnswer(id);
    if (!item.element || item.adopted) return;
    var shown = view.find(id);
    if (shown && shown !== item.element) {
      item.element.remove(); // the stream was faster and showed it already
      return;
    }
    item.element.dataset.id = id;
    view.fate(item.element, "");
  }

  function notTaken(item, trouble) {
    if (item.adopted) {
      queue.shift(); // the answer was lost, the message was not
      remember();
      return pump();
    }
    if (trouble.kind === "refused") {
      queue.shift();
      remember();
      if (item.element) view.fate(item.element, words.refused);
      return pump();
    }
    var busy = trouble.kind === "busy";
    queue.forEach(function (waiting) {
      if (waiting.element && !waiting.adopted) view.fate(waiting.element, busy ? words.tooMany : words.notSent, pump);
    });
    retryTimer = setTimeout(pump, trouble.waitMs || 5000);
  }

  // --- hearing --------------------------------------------------------------------------------

  function heard(message) {
    if (message.author === "reader") return heardOurselves(message);
    if (!message.in_reply_to || message.in_reply_to >= awaited) stopTyping();
    view.show(message, firstPending());
  }

  function heardOurselves(message) {
    if (!message.text || view.find(message.id)) return; // a greeting asked for; or shown when it was said
    for (var i = 0; i < queue.length; i += 1) {
      var item = queue[i];
      if (item.element && !item.adopted && item.text === message.text) {
        item.adopted = true;
        item.element.dataset.id = message.id;
        view.fate(item.element, "");
        return;
      }
    }
    view.show(message, firstPending());
  }

  /** What is still on its way stays below what was said. */
  function firstPending() {
    for (var i = 0; i < queue.length; i += 1) {
      if (queue[i].element && !queue[i].adopted) return queue[i].element;
    }
    return null;
  }

  function expectAnswer(id) {
    awaited = Math.max(awaited, id);
    if (replied[id]) return; // the answer was faster than the word that the question arrived
    stopTyping();
    byId("typing").hidden = false;
    byId("typing").lastElementChild.textContent = words.typing;
    typingTimers = [
      setTimeout(function () {
        byId("typing").lastElementChild.textContent = words.slow;
      }, SLOW_MS),
      setTimeout(stopTyping, GIVE_UP_TYPING_MS),
    ];
  }

  function stopTyping() {
    typingTimers.forEach(clearTimeout);
    typingTimers = [];
    byId("typing").hidden = true;
  }

  // --- the line -------------------------------------------------------------------------------

  var lostTimer = null;
  var wasLost = false;

  function lineState(state) {
    if (state === "open") {
      clearTimeout(lostTimer);
      lostTimer = null;
      if (wasLost) notice(words.back, true);
      wasLost = false;
      pump();
    } else if (!lostTimer) {
      lostTimer = setTimeout(function () {
        wasLost = true;
        notice(navigator.onLine === false ? words.offline : words.reconnecting);
      }, TELL_LOST_MS);
    }
  }

  function notice(sentence, passing) {
    var place = byId("notice");
    place.textContent = sentence;
    place.classList.toggle("good", Boolean(passing));
    if (passing) {
      setTimeout(function () {
        if (place.textContent === sentence) place.textContent = "";
      }, 3000);
    }
  }

  function startParameter() {
    var found = /[?&]start=([A-Za-z0-9_.-]{1,48})(&|$)/.exec(window.location.search);
    return found ? found[1] : "";
  }

  /** Open the conversation of a session; a new one begins with a greeting. */
  function open(session) {
    if (line) line.close();
    posting = false;
    replied = {};
    line = new Bibliobot.Line(base, session, {
      heard: function (message) {
        if (message.in_reply_to) replied[message.in_reply_to] = true;
        heard(message);
      },
      state: lineState,
    });
    byId("log").setAttribute("aria-busy", "true");
    load(line, 0);
  }

  function load(opened, failures) {
    opened.catchUp().then(
      function () {
        if (opened !== line) return;
        byId("log").setAttribute("aria-busy", "false");
        view.toEnd();
        queue = memory.unsent().concat(
          queue.filter(function (item) {
            return item.hidden;
          })
        );
        queue.forEach(function (item) {
          if (!item.hidden) item.element = view.showPending(item.text);
        });
        if (!opened.last || startParameter()) start(startParameter());
        pump();
        opened.follow();
      },
      function () {
        if (opened !== line) return;
        lineState("lost");
        setTimeout(function () {
          if (opened === line) load(opened, failures + 1);
        }, Math.min(1000 * Math.pow(2, failures), 30000));
      }
    );
  }

  // --- the composer ---------------------------------------------------------------------------

  function length() {
    return Array.from(text.value.trim()).length;
  }

  function grow() {
    text.style.height = "auto";
    text.style.height = text.scrollHeight + 2 + "px";
  }

  function typed() {
    grow();
    memory.draft(text.value);
    var left = known.limit - length();
    var place = byId("count");
    place.classList.toggle("over", left < 0);
    text.setAttribute("aria-invalid", left < 0 ? "true" : "false");
    if (left < 0) place.textContent = words.over.replace("{count}", -left);
    else place.textContent = left <= COUNT_FROM ? words.left.replace("{count}", left) : "";
  }

  function submit(event) {
    if (event) event.preventDefault();
    var said = text.value.trim();
    if (!said || length() > known.limit) {
      text.focus();
      return;
    }
    text.value = "";
    typed();
    say(said);
    text.focus();
  }

  text.addEventListener("input", typed);
  text.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  byId("composer").addEventListener("submit", submit);

  // --- the menu -------------------------------------------------------------------------------

  var menu = byId("menu");
  var menuButton = byId("menu-button");

  function entry(label, act) {
    var button = make("button", "", label, { type: "button" });
    button.addEventListener("click", act);
    return menu.appendChild(button);
  }

  function fillMenu() {
    menu.textContent = "";
    entry(memory.large() ? words.smallerText : words.largerText, function () {
      memory.large(!memory.large());
      showSize();
      closeMenu();
    });
    entry(words.startAgain, askToStartAgain);
    if (known.policyUrl) {
      var attributes = { href: known.policyUrl, target: "_blank", rel: "noopener noreferrer" };
      menu.appendChild(make("a", "", words.policy, attributes));
    }
  }

  function askToStartAgain() {
    menu.textContent = "";
    menu.appendChild(make("p", "", words.startAgainSure));
    entry(words.yes, function () {
      closeMenu();
      stopTyping();
      queue = [];
      awaited = 0;
      view.clear();
      open(memory.newSession());
      text.value = "";
      typed();
      text.focus();
    }).focus();
    entry(words.no, closeMenu);
  }

  function closeMenu() {
    if (menu.hidden) return;
    menu.hidden = true;
    menuButton.setAttribute("aria-expanded", "false");
    menuButton.focus();
  }

  menuButton.addEventListener("click", function () {
    if (!menu.hidden) {
      closeMenu();
      return;
    }
    fillMenu();
    menu.hidden = false;
    menuButton.setAttribute("aria-expanded", "true");
    menu.firstElementChild.focus();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    if (!menu.hidden) closeMenu();
    else if (framed) closeFrame();
  });
  document.addEventListener("click", function (event) {
    if (!menu.hidden && event.target.isConnected && !event.target.closest(".menu")) closeMenu();
  });

  function showSize() {
    document.documentElement.classList.toggle("large", memory.large());
    grow();
  }

  // --- inside another page --------------------------------------------------------------------

  function closeFrame() {
    window.parent.postMessage({ bibliobot: "close" }, "*"); // says nothing about the reader
  }

  if (framed && window.parent !== window) {
    var close = make("button", "round", "", { type: "button", "aria-label": words.close });
    close.textContent = "×";
    close.addEventListener("click", closeFrame);
    document.querySelector(".top").appendChild(close);
    window.parent.postMessage({ bibliobot: "ready" }, "*");
    window.addEventListener("message", function (event) {
      if (event.source === window.parent && event.data && event.data.bibliobot === "opened") text.focus();
    });
  }

  // --- beginning ------------------------------------------------------------------------------

  window.addEventListener("online", function () {
    line.lookNow();
    pump();
  });
  window.addEventListener("offline", function () {
    notice(words.offline);
    wasLost = true;
  });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) line.lookNow();
  });
  window.addEventListener("storage", function (event) {
    // Another tab began anew: two conversations in one browser would puzzle the reader.
    if (memory.isSessionKey(event.key) && event.newValue && event.newValue !== line.session) {
      queue = [];
      view.clear();
      open(memory.session());
    }
  });

  document.documentElement.classList.add("alive");
  showSize();
  text.value = memory.draft();
  typed();
  if (!framed && window.matchMedia && window.matchMedia("(pointer: fine)").matches) text.focus();
  open(memory.session());
})();
