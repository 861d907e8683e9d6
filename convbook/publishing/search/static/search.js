// Looking something up in the book: what is asked and what is written are read alike (search-words.js), then
// MiniSearch finds pages, and within a page the section that says most about it.
//
// A classic script, since a page that was opened from a folder may load no module; tests load it as one.

(() => {
  const { asked, corrected, folded, forms, others, plain, remembered, singular, spelledOut, stem, wordsIn, WORDS } =
    convbookWords;

  /** What a page is worth beside another that says as much: a lesson more than an exercise about it. */
  const WORTH = [
    [/^notebooks\/04\/04-\d\d-\d-/, 1.6], [/^notebooks\/04/, 2.2], [/^notebooks\/05/, 1.5], [/^notebooks\/0[89]/, 0.8],
    [/^book\/(?:19|20)\//, 0.4], [/^book\/(?:04|10|11|18|19|20)-/, 0.7], [/^book\/(?:21-|22-|23-|01-)/, 0.6],
    [/^book\/(?:instructors\/|errata)/, 0.8], [/^book\/(?:glossary|24-)/, 0.4], [/your-own-widget/, 0.4],
  ];
  const worth = (url) => WORTH.find(([place]) => place.test(url))?.[1] ?? 1;
  /** ... and what it is worth at least if its chapter is asked for by name: an exercise, or Keras. */
  const NAMED = 2.5;

  /** Words for a kind of page: a page that only mentions an exercise is none. */
  const KINDS = new Set(["exercise", "interview", "question", "project", "quiz"].map(stem));

  const withoutNumber = (title) => title.replace(/^[\d.]+\s+/, "");

  /** Headings that most lessons have; they say nothing about a lesson's subject. */
  const EVERYWHERE = new RegExp("^(?:Your turn|Check yourself|Three lines to keep|The smallest case, by hand|" +
    "The formula|What you would type|Checks of the numbers.*|The numbers of this page.*|" +
    "Where (?:readers|candidates) go wrong)$");
  /** Pages whose headings are other pages' subjects. */
  const LISTS = /^book\/(?:glossary|24-)/;
  /** ... and pages that bear a lesson's title. */
  const EXERCISES = /^book\/(?:19|20)\//;

  const headingsOf = ({ sections }) => sections.slice(1).map(({ heading }) => heading)
    .filter((heading) => !EVERYWHERE.test(heading));
  const listed = (text) => (text ?? "").split(/,\s*/).filter(Boolean);

  /** What each page is about, in a student's words: a map from a word to the phrases that have it. */
  function phrasesOf(texts) {
    const phrases = new Map();
    const add = (page, text, weight) => {
      const phrase = { page, words: [...new Set(asked(text).map(stem))], weight };
      for (const word of phrase.words) phrases.set(word, [...(phrases.get(word) ?? []), phrase]);
    };
    texts.forEach((page, id) => {
      add(id, withoutNumber(page.title), EXERCISES.test(page.url) ? 0.7 : 1);
      for (const one of [...listed(page.keywords), ...listed(page.terms)]) add(id, one, 1);
      if (!LISTS.test(page.url)) for (const one of headingsOf(page)) add(id, one, 0.7);
    });
    return phrases;
  }

  /** What a word's place among a page's subjects counts for, beside its place in a page's prose. */
  const NAMES = 30;

  /** Every word of prose -> how likely it is meant: on how many pages it is, and much more if it names a subject. */
  function vocabularyOf(texts) {
    const words = new Map();
    const count = (text, weight) => {
      for (const word of new Set(plain(text).match(/[a-z]{4,}/g))) words.set(word, (words.get(word) ?? 0) + weight);
    };
    for (const page of texts) {
      count([page.title, page.keywords, page.terms, ...headingsOf(page)].join(" "), NAMES);
      count(page.sections.map(({ text }) => text).join(" "), 1);
    }
    return words;
  }
  /** The texts of the book, ready to be searched: search(query) gives pages, the best first. */
  function index(texts) {
    // A section's words are read once, for its page and for itself.
    const read = texts.map(({ sections }) =>
      sections.map(({ text, code }) => ({ text: wordsIn(text), code: wordsIn(code) })));
    const options = { stringifyField: (value) => value, processTerm: forms,
      tokenize: (value) => (Array.isArray(value) ? value : wordsIn(value)),
      searchOptions: { tokenize: (term) => [term], processTerm: (term) => term } };
    const fields = ["title", "keywords", "terms", "part", "headings", "text", "code"];
    const pages = new MiniSearch({ ...options, fields });
    pages.addAll(texts.map((page, id) => ({
      id, title: withoutNumber(page.title), keywords: page.keywords, terms: page.terms,
      part: (page.parts ?? []).map(withoutNumber).join(" \n "), headings: headingsOf(page).join(" \n "),
      text: read[id].flatMap(({ text }) => text), code: read[id].flatMap(({ code }) => code) })));
    const parts = new MiniSearch({ ...options, fields: ["heading", "text", "code"] });
    parts.addAll(texts.flatMap(({ sections }, page) => sections.map(({ heading }, at) =>
      ({ id: `${page} ${at}`, heading, ...read[page][at] }))));
    const phrases = phrasesOf(texts);

    /** How much a word tells: 1 where few pages have it, and next to nothing where all have it. */
    const telling = remembered((word) => {
      if (KINDS.has(word)) return 1;
      const among = texts.length;
      const having = pages.search(word, { fields: ["text"] }).length;
      return Math.max(0.1, Math.log((among + 1) / (having + 0.5)) / Math.log(among + 1));
    });

    const has = remembered((word) => pages.search(word).length > 0);

    let vocabulary; // made when the first slip is met
    /** What a word may be meant to be: itself, if the book has it, the two that it is made of, or mended ones. */
    const candidates = (typed) => {
      const word = plain(typed);
      const known = (name) => wordsIn(name).every((one) => has(stem(one)) || has(singular(one)));
      const spelled = spelledOut(typed);
      if (word.length < 4 || known(typed) || known(spelled)) return [typed];
      if (spelled !== typed) return [spelled.split(" ").map((part) => candidates(part)[0]).join(" ")];
      vocabulary ??= vocabularyOf(texts);
      if ([...vocabulary.keys()].some((one) => one.startsWith(word))) return [typed];
      const names = (half) => ["", "s", "ing"].some((end) => vocabulary.get(half + end) >= NAMES);
      for (let at = 3; at <= word.length - 3; at += 1) {
        const two = [word.slice(0, at), word.slice(at)];
        if (two.every(names)) return [two.join(" ")];
      }
      return corrected(word, vocabulary, NAMES);
    };

    /** A question as it was meant: of the words that a slip may stand for, the one that goes with the others. */
    const mended = (query) => (query.match(WORDS) ?? []).reduce((now, typed) => {
      const fits = candidates(typed).map((word, at) => {
        const question = now.replace(typed, word);
        return { question, near: Math.max(0, ...nearest(meant(question)).values()) - 0.1 * at };
      });
      return fits.reduce((best, one) => (one.near > best.near ? one : best)).question;
    }, query);

    /** Each word that is asked for, with others for it, and whether the book has it. */
    const meant = (query) => {
      const words = wordsIn(query);
      return asked(query).map((typed) => {
        const known = has(stem(typed));
        // With the word beside it, it may be one that the book writes as one: "mix up".
        const at = words.indexOf(typed);
        const joined = [typed + (words[at + 1] ?? ""), (words[at - 1] ?? "") + typed]
          .filter((one) => one !== typed).map(stem).filter(has);
        return { word: known ? stem(typed) : singular(typed), others: others.get(stem(typed)) ?? [], known, joined };
      });
    };

    const lookUp = (engine, sought, boost) => {
      const times = (factor) =>
        Object.fromEntries(Object.entries(boost).map(([field, value]) => [field, factor * value]));
      const names = Object.keys(boost).filter((field) => !["text", "code"].includes(field));
      const asking = ({ word, known }) => ({ queries: [word], boost: times(known ? telling(word) : 1),
        prefix: word.length > 3, weights: { prefix: 0.4, fuzzy: 0 }, ...(KINDS.has(word) ? { fields: names } : {}) });
      const besides = ({ others: same, joined, known }) => [
        ...same.map((other) => ({ queries: [other], boost: times(telling(other) * (known ? 0.35 : 1)) })),
        ...joined.map((one) => ({ queries: [one], boost: times(telling(one)) })),
      ];
      return engine.search({ combineWith: "OR", queries: sought.flatMap((one) => [asking(one), ...besides(one)]) });
    };

    /** What a word counts for among those that are asked for. */
    const weight = ({ word, known }) => (known ? 0.15 + telling(word) : 0.1);
    const total = (words) => words.reduce((sum, one) => sum + weight(one), 0);

    /** How much of what is sought a result has, in some form. */
    const share = ({ queryTerms }, sought) => total(sought.filter(({ word, others: same, joined }) =>
      [word, ...same, ...joined].some((one) => queryTerms.includes(one)))) / total(sought);

    /** Page -> how near what is sought comes to one of the page's phrases: 1 where it is one. */
    const nearest = (sought) => {
      const wanted = sought.map((one) => ({ ...one, ways: [one.known ? one.word : stem(one.word), ...one.joined] }));
      const touched = new Set(wanted.flatMap(({ ways }) => ways.flatMap((way) => phrases.get(way) ?? [])));
      const near = new Map();
      for (const phrase of touched) {
        const common = wanted.filter(({ ways }) => ways.some((way) => phrase.words.includes(way)));
        const rest = phrase.words.filter((word) => !common.some(({ ways }) => ways.includes(word)))
          .map((word) => ({ word, known: true }));
        const value = phrase.weight * total(common) / (total(wanted) + 0.6 * total(rest));
        near.set(phrase.page, Math.max(near.get(phrase.page) ?? 0, value));
      }
      return near;
    };

    /** What it counts for that a page has a phrase as near as this; most where it is the very phrase. */
    const subject = (near) => 1 + 10 * near ** 3 + (near > 0.99 ? 10 : 0);

    const chapters = new Set(texts.flatMap(({ parts: above = [] }) => above.slice(0, 1)));

    /** Whether a result is, or belongs to, a chapter whose title has a word that is asked for. */
    const named = ({ id, match }, sought) => {
      const { title, parts: above = [] } = texts[id];
      const chapter = chapters.has(title) ? title : above[0] ?? "";
      const words = wordsIn(chapter).flatMap(forms);
      return sought.some(({ word }) => match[word] && words.includes(word));
    };

    /** Opens a part before what is in it, unless it says clearly less about what is sought. */
    function openersFirst(found) {
      const openers = new Map(found.map((one) => [one.title, one]));
      for (const { id, score } of found) {
        const opener = openers.get(texts[id].parts?.at(-1));
        if (opener?.score < score && opener.score > 0.8 * score) opener.score = score * 1.001;
      }
      return found;
    }

    function search(query) {
      const sought = meant(mended(query));
      if (sought.length === 0) return [];
      const sections = new Map();
      for (const result of lookUp(parts, sought, { heading: 4, text: 1, code: 0.2 })) {
        const [page, at] = result.id.split(" ").map(Number);
        const score = result.score * share(result, sought);
        if (!(sections.get(page)?.score >= score)) sections.set(page, { at, score, terms: result.terms });
      }
      const near = nearest(sought);
      const boost = { title: 8, keywords: 9, terms: 5, part: 5, headings: 3, text: 1, code: 0.3 };
      return openersFirst(lookUp(pages, sought, boost).map((result) => {
          const part = sections.get(result.id) ?? { at: 0, score: 0, terms: [] };
          const { url, title, sections: all } = texts[result.id];
          const score = (result.score + part.score) * share(result, sought) ** 2.5 *
            subject(near.get(result.id) ?? 0) * Math.max(worth(url), named(result, sought) ? NAMED : 0);
          return { id: result.id, url, title, score, section: all[part.at],
            terms: new Set([...result.terms, ...part.terms]) };
        }))
        .sort((one, other) => other.score - one.score);
    }
    return { search };
  }

  /** A piece of a text around the words looked for, as [text, whether it is one of them] pairs. */
  function snippet(text, terms, length = 220) {
    const pieces = [...text.matchAll(/\d+\s*×\s*\d+|[\p{L}\p{N}_-]+/gu)];
    const hits = pieces.filter(([word]) => wordsIn(word).flatMap(forms).some((one) => terms.has(one)));
    const within = (start) => new Set(hits.filter(({ index: at }) => at >= start && at < start + length - 20)
      .map(([word]) => stem(word.toLowerCase()))).size;
    const starts = [0, ...[...text.matchAll(/[.?!:]\s+(?=\S)/g)].map((end) => end.index + end[0].length)];
    const start = starts.reduce((best, at) => (within(at) > 0 && within(at) >= within(best) ? at : best), 0);
    const room = text.slice(start, start + length);
    const end = start + (text.length > start + length ? Math.max(room.lastIndexOf(" "), 1) : room.length);
    const shown = [];
    let from = start;
    for (const { 0: word, index: at } of hits) {
      if (at < start || at + word.length > end) continue;
      shown.push([text.slice(from, at), false], [word, true]);
      from = at + word.length;
    }
    shown.push([`${text.slice(from, end)}${end < text.length ? " …" : ""}`, false]);
    if (start > 0) shown.unshift(["… ", false]);
    return shown.filter(([piece]) => piece);
  }

  globalThis.convbookSearch = { asked, folded, index, snippet };
})();
