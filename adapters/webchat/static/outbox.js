/* What the reader said and the library does not have yet: sent in order, repeated under the same id, never lost. */
(function () {
  "use strict";

  var Bibliobot = (window.Bibliobot = window.Bibliobot || {});
  var AGAIN_MS = 5000;

  /**
   * @param {Bibliobot.Memory} memory Keeps what is unsent over a reload.
   * @param {Bibliobot.View} view Shows what becomes of it.
   * @param {{language: string, words: Object}} known From the page.
   * @param {function(number)} taken Told the id in the log of each message that arrived.
   */
  Bibliobot.Outbox = function (memory, view, known, taken) {
    this.memory = memory;
    this.view = view;
    this.words = known.words;
    this.language = known.language;
    this.taken = taken;
    this.line = null;
    this.timer = null;
    this.posting = false;
    this.queue = []; // {id, text, payload, hidden, element, adopted}, the oldest first
  };

  var Outbox = Bibliobot.Outbox.prototype;

  /**
   * Send over this line from now on: `start`, by which a conversation begins, before all that the reader says in it,
   * then what was unsent when the page closed, then what was said while the page came.
   */
  Outbox.open = function (line, start) {
    this.line = line;
    this.posting = false;
    var said = this.queue.map(function (item) {
      return item.id;
    });
    var earlier = this.memory.unsent().filter(function (item) {
      return said.indexOf(item.id) < 0;
    });
    var begins = start ? [{ id: start, text: "", payload: start, hidden: true }] : [];
    this.queue = begins.concat(earlier, this.queue);
    this.queue.forEach(function (item) {
      if (!item.hidden && !item.element) item.element = this.view.showPending(item.text);
    }, this);
    this.pump();
  };

  /** Another conversation begins: nothing of this one is sent any more. */
  Outbox.clear = function () {
    clearTimeout(this.timer);
    this.line = null;
    this.posting = false;
    this.queue = [];
    this.remember();
  };

  Outbox.say = function (text, payload) {
    var item = { id: this.memory.newId(), text: text };
    if (payload) item.payload = payload;
    item.element = this.view.showPending(text);
    this.queue.push(item);
    this.remember();
    this.pump();
  };

  /**
   * Send a photograph. It does not wait in the queue: it is not kept in the browser, so it is sent now or,
   * by the reader's hand, again.
   */
  Outbox.show = function (picture) {
    var outbox = this;
    var item = { id: this.memory.newId(), text: this.words.photo };
    item.element = this.view.showPending(item.text);
    function send() {
      var line = outbox.line;
      if (!line) return;
      outbox.view.fate(item.element, outbox.words.sending);
      line.postPicture(picture, item.id, outbox.language).then(
        function (id) {
          if (line !== outbox.line) return;
          if (outbox.view.find(id)) item.element.remove();
          else {
            item.element.dataset.id = id;
            outbox.view.fate(item.element, "");
          }
          outbox.taken(id);
        },
        function (trouble) {
          if (line !== outbox.line) return;
          var words = outbox.words;
          var refused = trouble.kind === "refused";
          outbox.view.fate(
            item.element,
            refused ? words.noPhoto : trouble.kind === "busy" ? words.tooMany : words.notSent,
            refused ? null : send
          );
        }
      );
    }
    send();
  };

  Outbox.remember = function () {
    var shown = this.queue.filter(function (item) {
      return !item.hidden;
    });
    this.memory.unsent(
      shown.map(function (item) {
        return { id: item.id, text: item.text, payload: item.payload };
      })
    );
  };

  /** Post the oldest, then the next: the library hears everything in the order it was said. */
  Outbox.pump = function () {
    clearTimeout(this.timer);
    if (this.posting || !this.queue.length || !this.line) return;
    var outbox = this;
    var line = this.line;
    var item = this.queue[0];
    var message = { id: item.id, text: item.text, language: this.language };
    if (item.payload) message.payload = item.payload;
    this.posting = true;
    if (item.element && !item.adopted) this.view.fate(item.element, this.words.sending);
    line.post(message).then(
      function (id) {
        if (line === outbox.line) outbox.arrived(item, id);
      },
      function (trouble) {
        if (line === outbox.line) outbox.failed(item, trouble);
      }
    );
  };

  Outbox.arrived = function (item, id) {
    this.drop();
    if (item.element && !item.adopted) {
      if (this.view.find(id)) {
        item.element.remove(); // the stream was faster and showed it already
      } else {
        item.element.dataset.id = id;
        this.view.fate(item.element, "");
      }
    }
    this.taken(id);
    this.pump();
  };

  Outbox.failed = function (item, trouble) {
    if (item.adopted) {
      this.drop(); // the word that it arrived was lost, the message was not
      this.pump();
      return;
    }
    if (trouble.kind === "refused") {
      this.drop();
      if (item.element) this.view.fate(item.element, this.words.refused);
      this.pump();
      return;
    }
    this.posting = false;
    var fate = trouble.kind === "busy" ? this.words.tooMany : this.words.sentLater;
    this.queue.forEach(function (waiting) {
      if (waiting.element && !waiting.adopted) this.view.fate(waiting.element, fate, this.pump.bind(this));
    }, this);
    this.timer = setTimeout(this.pump.bind(this), trouble.waitMs || AGAIN_MS);
  };

  Outbox.drop = function () {
    this.posting = false;
    this.queue.shift();
    this.remember();
  };

  /** A message of ours comes back by the stream: true where it is one that we show as being sent. */
  Outbox.adopt = function (message) {
    var item = this.queue.find(function (waiting) {
      return waiting.element && !waiting.adopted && waiting.text === message.text;
    });
    if (!item) return false;
    item.adopted = true;
    item.element.dataset.id = message.id;
    this.view.fate(item.element, "");
    return true;
  };

  /** What is still on its way stays below what was said. */
  Outbox.firstPending = function () {
    var item = this.queue.find(function (waiting) {
      return waiting.element && !waiting.adopted;
    });
    return item ? item.element : null;
  };
})();
