// Looking something up in the book: what is asked and what is written are folded alike, then MiniSearch
// finds pages, and within a page the section that says most about it.
//
// A classic script, since a page that was opened from a folder may load no module; tests load it as one.

(() => {
  /** What is written in several ways, as one word; in this order. */
  const FOLDS = [
    [/[‐-―−]/g, "-"],
    [/(\d)\s*(?:[×x*]|\bby\b)\s*(\d)/g, "$1x$2"],
    [/\bone[- ]by[- ]one\b/g, "1x1"],
    [/\b(?:grad[- ]?)?cams?\b|\bclass activation (?:map(?:ping)?s?)?/g, "gradcam"],
    [/\bbatch[- ]?norm(?:ali[sz]ation)?\b|\bbn\b/g, "batchnorm"],
    [/\bheat[- ]maps?\b/g, "heatmap"],
    [/\bim2col\b/g, "im2col"],
    [/\bconvolutional neural networks?\b|\bconvnets?\b|\bcnns\b/g, "cnn"],
    [/\bconvolutional\b|\bconvs?\b/g, "convolution"],
    [/\bfully[- ]connected\b|\bfc\b/g, "fullyconnected"],
    [/\bback[- ]?prop(?:agation|agate|agating)?\b|\bbackward pass(?:es)?\b/g, "backprop"],
    [/\bfine[- ]?tun(?:e|ed|es|ing)\b/g, "finetune"],
    [/\b(?:skip|shortcut|residual)[- ]connections?\b/g, "skip connection"],
    [/\bpre[- ]trained\b/g, "pretrained"],
    [/\bover[- ]?fit(?:s|ted|ting)?\b/g, "overfit"],
    [/\bcross[- ]correlations?\b/g, "crosscorrelation"],
    [/\bdata[- ]?sets?\b/g, "dataset"],
    [/\bx[- ]?rays?\b/g, "xray"],
    [/\btb\b/g, "tuberculosis"],
    [/\bmcqs?\b/g, "multiple choice question"],
    [/\b([a-z]+)isation(s?)\b/g, "$1ization$2"],
    [/\b([a-z]{2,}[^aeiouw\W])is(e|es|ed|ing)\b/g, "$1iz$2"],
    [/\bgray/g, "grey"],
    [/\bcolor/g, "colour"],
    [/\bcenter/g, "centre"],
  ];

  /** Other words for the same thing: asked for one, the others are looked for too, at less weight. */
  const SYNONYMS = {
    heatmap: ["gradcam"], gradcam: ["heatmap"], saliency: ["gradcam"], interpretability: ["gradcam"],
    filter: ["kernel"], kernel: ["filter"], mask: ["kernel"],
    weight: ["parameter"], parameter: ["weight"], picture: ["image"], photo: ["image"],
    subsampling: ["pooling"], downsampling: ["pooling", "stride"], shrink: ["pooling", "stride"],
    pointwise: ["1x1"], bottleneck: ["1x1"], derivative: ["gradient", "backprop"], backward: ["backprop"],
    backprop: ["backward"], resnet: ["skip", "residual"], residual: ["skip"], skip: ["residual"],
    dense: ["fullyconnected"], fullyconnected: ["dense"], mlp: ["fullyconnected"], covariate: ["batchnorm"],
    normalization: ["batchnorm"], freeze: ["transfer", "pretrained"], finetune: ["transfer"], backbone: ["transfer"],
    flip: ["augmentation"], rotate: ["augmentation"], crop: ["augmentation"], leakage: ["leak"],
    exam: ["question"], quiz: ["question"], job: ["interview"], symbol: ["notation"],
    definition: ["glossary"], terms: ["glossary"], bibliography: ["reference"], citation: ["reference"],
    summary: ["takeaway"], dataset: ["data"], error: ["mistake"], mistake: ["error", "bug"],
    hospital: ["medical"], farm: ["crop"], plant: ["crop"], leaf: ["crop"],
    sobel: ["edge"], blur: ["kernel"], flop: ["operation"], mac: ["operation"], cost: ["operation"],
    chart: ["flowchart"], sklearn: ["scikit"], tensorflow: ["keras"],
  };

  const SKIPPED = new Set((
    "a about an and are as at be between by can do does explain explained for from has have how i if in into " +
    "is it its many me mean means much my not number of on or our should so than that the their then there " +
    "these this through to use used using versus vs was we what when where which who why will with without " +
    "work works you your").split(" "));

  /** Lower case, no accents, one way of writing. */
  const folded = (text) => FOLDS.reduce((now, [from, to]) => now.replace(from, to),
    text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, ""));

  /** A word without its plural: "kernels", "derivatives" and "ies" as "kernel", "derivative" and "y". */
  const singular = (word) => {
    if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
    return word.replace(/ies$/, "y").replace(/s$/, "");
  };

  /** Endings that a word may take without changing what it is about; the first that fits is taken off. */
  const ENDINGS = [
    [/^(.{3,})at(?:ion|ing|ed|e)$/, "$1"], [/^(.{3,}[st])ion$/, "$1"], [/^(.{4,}an)(?:ce|t)$/, "$1"],
    [/^(.*[aeiou].*?([bdgmnprt]))(?:\2)(?:ing|ed)$/, "$1"], [/^(?=.*[aeiouy].*ing)(.{3,})ing$/, "$1"],
    [/^(?=.*[aeiouy].*ed)(.{2,}[^e])ed$/, "$1"], [/^(.{3,})e$/, "$1"],
  ];

  /** What "pool", "pooled" and "pooling" have in common; not always a word of the language. */
  const stem = (word) => {
    const one = singular(word);
    const [ending, left] = ENDINGS.find(([form]) => form.test(one)) ?? [/$/, ""];
    return one.replace(ending, left);
  };

  const wordsIn = (text) => folded(text).match(/[\p{L}\p{N}_]+/gu) ?? [];

  /** The forms under which a word is kept: as it is written, but for its plural, and its stem. */
  const forms = (word) => [...new Set([singular(word), stem(word)])];

  const STEMS = new Map(Object.entries(SYNONYMS).map(([word, others]) => [stem(word), others.map(stem)]));

  /** The words of a question that say what it is about; all of them where nothing else is left. */
  function asked(query) {
    const words = wordsIn(query);
    const telling = words.filter((word) => !SKIPPED.has(word));
    return telling.length > 0 ? telling : words;
  }

  /** What a page is worth beside another that says as much: a lesson more than an exercise about it. */
  const WORTH = [
    [/^notebooks\/04\/04-\d\d-\d-/, 1.6], [/^notebooks\/04/, 2.2], [/^notebooks\/05/, 1.5], [/^notebooks\/0[89]/, 0.8],
    [/^book\/(?:19|20)\//, 0.4], [/^book\/(?:19|20)-/, 0.7], [/^book\/(?:instructors\/|21-|22-|23-|01-)/, 0.6],
    [/^book\/(?:errata|glossary|24-)/, 0.4], [/your-own-widget/, 0.4],
  ];
  const worth = (url) => WORTH.find(([place]) => place.test(url))?.[1] ?? 1;
  /** ... and what it is worth at least if its chapter is asked for by name: an exercise, or Keras. */
  const NAMED = 2.5;

  const withoutNumber = (title) => title.replace(/^[\d.]+\s+/, "");

  /** The texts of the book, ready to be searched: search(query) gives pages, the best first. */
  function index(texts) {
    const options = { tokenize: wordsIn, processTerm: forms,
      searchOptions: { tokenize: (term) => [term], processTerm: (term) => term } };
    const fields = ["title", "keywords", "terms", "part", "headings", "text", "code"];
    const pages = new MiniSearch({ ...options, fields });
    pages.addAll(texts.map(({ title, keywords, terms, parts: above = [], sections }, id) => ({
      id, title: withoutNumber(title), keywords, terms, part: above.map(withoutNumber).join(" \n "),
      headings: sections.slice(1).map(({ heading }) => heading).join(" \n "),
      text: sections.map(({ text }) => text).join(" \n "), code: sections.map(({ code }) => code).join(" \n ") })));
    const parts = new MiniSearch({ ...options, fields: ["heading", "text", "code"] });
    parts.addAll(texts.flatMap(({ sections }, page) => sections.map(({ heading, text, code }, at) =>
      ({ id: `${page} ${at}`, heading, text, code }))));

    /** How much a word tells: 1 where few pages have it, and next to nothing where all have it. */
    const telling = (word) => {
      const among = texts.length;
      const having = pages.search(word, { fields: ["text"] }).length;
      return Math.max(0.1, Math.log((among + 1) / (having + 0.5)) / Math.log(among + 1));
    };

    const has = (word) => pages.search(word).length > 0;

    /** Each word that is asked for, with others for it, and whether the book has it: else it is a slip, or nothing. */
    const meant = (query) => {
      const words = wordsIn(query);
      return [...new Set(asked(query))].map((typed) => {
        const known = has(stem(typed));
        // With the next word it may be one that the book writes as one: "mix up".
        const joined = stem(typed + (words[words.indexOf(typed) + 1] ?? ""));
        return { word: known ? stem(typed) : singular(typed), others: STEMS.get(stem(typed)) ?? [], known,
          joined: joined !== stem(typed) && has(joined) ? [joined] : [] };
      });
    };

    const lookUp = (engine, sought, boost) => {
      const times = (factor) =>
        Object.fromEntries(Object.entries(boost).map(([field, value]) => [field, factor * value]));
      const slips = (word) => (word.length > 8 ? 2 : 1);
      const asking = ({ word, known }) => ({ queries: [word], boost: times(known ? telling(word) : 1),
        prefix: word.length > 3, fuzzy: !known && word.length > 3 && slips(word),
        weights: { prefix: 0.4, fuzzy: 0.2 } });
      const besides = ({ others, joined, known }) => [
        ...others.map((other) => ({ queries: [other], boost: times(telling(other) * (known ? 0.35 : 1)) })),
        ...joined.map((one) => ({ queries: [one], boost: times(telling(one)) })),
      ];
      return engine.search({ combineWith: "OR", queries: sought.flatMap((one) => [asking(one), ...besides(one)]) });
    };

    /** How much of what is sought a result has, in some form. */
    const share = ({ queryTerms }, sought) => sought.filter(({ word, others, joined }) =>
      [word, ...others, ...joined].some((one) => queryTerms.includes(one))).length / sought.length;

    const chapters = new Set(texts.flatMap(({ parts: above = [] }) => above.slice(0, 1)));

    /** Whether a result is, or belongs to, a chapter whose title has a word that is asked for. */
    const named = ({ id, match }, sought) => {
      const { title, parts: above = [] } = texts[id];
      const chapter = chapters.has(title) ? title : above[0] ?? "";
      const words = wordsIn(chapter).flatMap(forms);
      return sought.some(({ word }) => match[word] && words.includes(word));
    };

    /** Opens a part before what is in it, unless it says less than half as much about what is sought. */
    function openersFirst(found) {
      const openers = new Map(found.map((one) => [one.title, one]));
      for (const { id, score } of found) {
        const opener = openers.get(texts[id].parts?.at(-1));
        if (opener?.score < score && opener.score > 0.5 * score) opener.score = score * 1.001;
      }
      return found;
    }

    function search(query) {
      const sought = meant(query);
      if (sought.length === 0) return [];
      const sections = new Map();
      for (const result of lookUp(parts, sought, { heading: 4, text: 1, code: 0.2 })) {
        const [page, at] = result.id.split(" ").map(Number);
        const score = result.score * share(result, sought);
        if (!(sections.get(page)?.score >= score)) sections.set(page, { at, score, terms: result.terms });
      }
      const boost = { title: 8, keywords: 5, terms: 5, part: 5, headings: 3, text: 1, code: 0.3 };
      return openersFirst(lookUp(pages, sought, boost).map((result) => {
          const part = sections.get(result.id) ?? { at: 0, score: 0, terms: [] };
          const { url, title, sections: all } = texts[result.id];
          const score = (result.score + part.score) * share(result, sought) ** 2.5 *
            Math.max(worth(url), named(result, sought) ? NAMED : 0);
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
