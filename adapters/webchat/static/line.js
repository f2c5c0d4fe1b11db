/* The line to the library: posts messages, follows the conversation by a stream, or by asking where there is none. */
(function () {
  "use strict";

  var Bibliobot = (window.Bibliobot = window.Bibliobot || {});
  var ANSWER_MS = 15000;
  var PICTURE_MS = 90000; // a photograph over a village's line
  var FIRST_PAUSE_MS = 500;
  var LONGEST_PAUSE_MS = 30000;
  var ASK_SOON_MS = 1500;
  var ASK_SELDOM_MS = 10000;
  var ASK_SOON_FOR_MS = 60000;
  /* Ids are drawn before messages become visible: the newest are looked at again (see Told in api.py). */
  var OVERLAP = 20;
  /* A stream that is open but brings nothing although there is something: a proxy holds it back. */
  var STREAM_LATE_MS = 3000;
  var TWICE = 2;
  var STREAMS_AGAIN_MS = 300000;

  function Trouble(kind, waitMs) {
    /* kind: "lost" (no answer), "busy" (try again after waitMs), "refused" (do not try again). */
    this.kind = kind;
    this.waitMs = waitMs || 0;
  }

  function ask(address, options, patienceMs) {
    var control = window.AbortController ? new AbortController() : null;
    var timer = setTimeout(function () {
      if (control) control.abort();
    }, patienceMs || ANSWER_MS);
    var all = Object.assign({ credentials: "omit", cache: "no-store" }, options || {});
    if (control) all.signal = control.signal;
    return fetch(address, all).then(
      function (answer) {
        clearTimeout(timer);
        if (answer.ok) return answer.json();
        var pauseS = Number(answer.headers.get("Retry-After")) || 5;
        if (answer.status === 429) throw new Trouble("busy", pauseS * 1000);
        // 404 is somebody else's word: the chat is off for a while, and what stands in its place knows no messages.
        var away = answer.status >= 500 || answer.status === 404 || answer.status === 408;
        if (away) throw new Trouble("lost", pauseS * 1000);
        throw new Trouble("refused");
      },
      function () {
        clearTimeout(timer);
        throw new Trouble("lost");
      }
    );
  }

  /**
   * @param {string} base Address of /chat/.
   * @param {string} session The reader's secret.
   * @param {{heard: function(Object), state: function(string)}} tell `heard` gets every message once;
   *     `state` gets "open" or "lost".
   */
  Bibliobot.Line = function (base, session, tell) {
    this.base = base;
    this.session = session;
    this.tell = tell;
    this.known = {};
    this.recent = [];
    this.floor = 0;
    this.stream = null;
    this.timer = null;
    this.failures = 0;
    this.late = 0;
    this.refused = 0;
    this.reached = false;
    this.streams = typeof window.EventSource === "function";
    this.livelyUntil = 0;
    this.closed = false;
  };

  var Line = Bibliobot.Line.prototype;

  Line.address = function (what) {
    return this.base + what + "?session=" + encodeURIComponent(this.session) + "&after=" + this.floor;
  };

  /** Post one message; resolves to its id in the log. A repeat with the same own id is harmless. */
  Line.post = function (message) {
    var line = this;
    var body = Object.assign({ session: this.session }, message);
    return ask(this.base + "messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }).then(function (answer) {
      line.expectSoon(answer.id);
      return answer.id;
    });
  };

  /** Post a photograph; resolves to its id in the log. */
  Line.postPicture = function (picture, id, language) {
    var line = this;
    var query = "?session=" + encodeURIComponent(this.session) + "&id=" + encodeURIComponent(id) + "&language=" + language;
    return ask(
      this.base + "pictures" + query,
      { method: "POST", headers: { "Content-Type": picture.type || "image/jpeg" }, body: picture },
      PICTURE_MS
    ).then(function (answer) {
      line.expectSoon(answer.id);
      return answer.id;
    });
  };

  /** Everything said so far that we have not heard; resolves to the number of new messages. */
  Line.catchUp = function () {
    var line = this;
    return ask(this.address("messages")).then(function (answer) {
      var fresh = 0;
      line.reached = true;
      answer.messages.forEach(function (message) {
        fresh += line.take(message);
      });
      return answer.more
        ? line.catchUp().then(function (further) {
            return fresh + further;
          })
        : fresh;
    });
  };

  Line.take = function (message) {
    if (this.closed || this.known[message.id]) return 0;
    this.known[message.id] = true;
    this.recent.push(message.id);
    if (this.recent.length > OVERLAP) this.floor = Math.max(this.floor, this.recent.shift());
    this.tell.heard(message);
    return 1;
  };

  /** Follow the conversation from here on. */
  Line.follow = function () {
    if (this.closed || this.stream) return;
    clearTimeout(this.timer);
    if (this.streams) this.openStream();
    else this.askAgain(0);
  };

  Line.openStream = function () {
    var line = this;
    var opened = false;
    var stream = new EventSource(this.address("stream"));
    this.stream = stream;
    stream.onopen = function () {
      opened = true;
      line.failures = line.refused = 0;
      line.tell.state("open");
    };
    stream.onmessage = function (event) {
      line.take(JSON.parse(event.data));
    };
    stream.onerror = function () {
      // The browser's own way to connect again gives up after a refusal; ours does not.
      line.hangUp();
      line.refused = opened || !line.reached ? 0 : line.refused + 1;
      if (line.refused >= TWICE) line.askInstead();
      else line.failed();
    };
  };

  Line.failed = function (waitMs) {
    var line = this;
    this.reached = false;
    this.tell.state("lost");
    this.failures += 1;
    var pause = Math.min(FIRST_PAUSE_MS * Math.pow(2, this.failures - 1), LONGEST_PAUSE_MS);
    clearTimeout(this.timer);
    this.timer = setTimeout(function () {
      line.reconnect();
    }, Math.max(waitMs || 0, pause * (0.7 + Math.random() * 0.6)));
  };

  /** Ask first: that tells a library that is away from one that only refuses streams. */
  Line.reconnect = function () {
    var line = this;
    clearTimeout(this.timer);
    this.catchUp().then(
      function () {
        line.tell.state("open");
        line.follow();
      },
      function (trouble) {
        if (!line.closed) line.failed(trouble.waitMs);
      }
    );
  };

  /** Streams do not work here: ask, and try a stream again later. */
  Line.askInstead = function () {
    var line = this;
    this.hangUp();
    this.streams = false;
    this.late = this.refused = 0;
    this.askAgain(0);
    setTimeout(function () {
      if (line.closed) return;
      line.streams = true;
      line.follow();
    }, STREAMS_AGAIN_MS);
  };

  Line.askAgain = function (afterMs) {
    var line = this;
    clearTimeout(this.timer);
    this.timer = setTimeout(function () {
      line.catchUp().then(
        function () {
          line.failures = 0;
          line.tell.state("open");
          line.askAgain(Date.now() < line.livelyUntil ? ASK_SOON_MS : ASK_SELDOM_MS);
        },
        function (trouble) {
          line.failed(trouble.waitMs);
        }
      );
    }, afterMs);
  };

  /** We posted `id`: it must come back to us soon, and an answer after it. */
  Line.expectSoon = function (id) {
    var line = this;
    this.livelyUntil = Date.now() + ASK_SOON_FOR_MS;
    if (!this.streams) {
      this.askAgain(300);
      return;
    }
    setTimeout(function () {
      if (line.closed || line.known[id]) return;
      line.catchUp().then(function (fresh) {
        if (!fresh || !line.stream) return;
        line.late += 1;
        if (line.late >= TWICE) line.askInstead();
      }, ignore);
    }, STREAM_LATE_MS);
  };

  /** The reader is back, or the network is: do not wait for the next attempt. */
  Line.lookNow = function () {
    if (this.closed) return;
    if (this.stream) {
      var line = this;
      var stream = this.stream;
      this.catchUp().then(
        function () {
          line.tell.state("open");
        },
        function () {
          // The stream only seems open: the network it was opened on is gone.
          if (stream !== line.stream) return;
          line.hangUp();
          line.failed();
        }
      );
      return;
    }
    this.failures = 0;
    this.reconnect();
  };

  Line.hangUp = function () {
    if (this.stream) {
      this.stream.onopen = this.stream.onmessage = this.stream.onerror = null;
      this.stream.close();
      this.stream = null;
    }
  };

  /** Hear nothing more. */
  Line.close = function () {
    this.closed = true;
    clearTimeout(this.timer);
    this.hangUp();
  };

  function ignore() {}
})();
