// Looking something up in the book: what is asked and what is written are folded alike, then MiniSearch
// finds pages, and within a page the section that says most about it.
//
// A classic script, since a page that was opened from a folder may load no module; tests load it as one.

(() => {
  /** What is written in several ways, as one word; in this order. */
  const FOLDS = [
    [/[‐-―−]/g, "-"],
    [/(\d)\s*[×x*]\s*(\d)/g, "$1x$2"],
    [/\bone[- ]by[- ]one\b/g, "1x1"],
    [/\bgrad[- ]?cams?\b|\bclass activation (?:map(?:ping)?s?)?/g, "gradcam"],
    [/\bbatch[- ]?norm(?:ali[sz]ation)?\b|\bbn\b/g, "batchnorm"],
    [/\bheat[- ]maps?\b/g, "heatmap"],
    [/\bim2col\b/g, "im2col"],
    [/\bconvolutional neural networks?\b|\bconvnets?\b|\bcnns\b/g, "cnn"],
    [/\bfully[- ]connected\b/g, "fullyconnected"],
    [/\bback[- ]?prop(?:agation|agate|agating)?\b|\bbackward pass(?:es)?\b/g, "backprop"],
    [/\bfine[- ]?tun(?:e|ed|es|ing)\b/g, "finetune"],
    [/\b(?:skip|shortcut|residual)[- ]connections?\b/g, "skip connection"],
    [/\bpre[- ]trained\b/g, "pretrained"],
    [/\bover[- ]?fit(?:s|ted|ting)?\b/g, "overfit"],
    [/\bcross[- ]correlations?\b/g, "crosscorrelation"],
    [/\bdata[- ]?sets?\b/g, "dataset"],
    [/\b([a-z]+)isation(s?)\b/g, "$1ization$2"],
    [/\b([a-z]{2,}[^aeiouw\W])is(e|es|ed|ing)\b/g, "$1iz$2"],
    [/\bgray/g, "grey"],
    [/\bcolor/g, "colour"],
    [/\bcenter/g, "centre"],
  ];

  /** Other words for the same thing: asked for one, the others are looked for too, at less weight. */
  const SYNONYMS = {
    heatmap: ["gradcam"], gradcam: ["heatmap"], saliency: ["gradcam"], interpretability: ["gradcam"],
    explain: ["gradcam"], filter: ["kernel"], kernel: ["filter"], mask: ["kernel"],
    weight: ["parameter"], parameter: ["weight"], picture: ["image"], photo: ["image"],
    subsampling: ["pooling"], downsampling: ["pooling", "stride"], shrink: ["pooling", "stride"],
    pointwise: ["1x1"], bottleneck: ["1x1"], derivative: ["gradient", "backprop"], backward: ["backprop"],
    backprop: ["backward"], resnet: ["skip", "residual"], residual: ["skip"], skip: ["residual"],
    dense: ["fullyconnected"], fullyconnected: ["dense"], mlp: ["fullyconnected"], covariate: ["batchnorm"],
    normalization: ["batchnorm"], freeze: ["transfer", "pretrained"], finetune: ["transfer"], backbone: ["transfer"],
    flip: ["augmentation"], rotate: ["augmentation"], crop: ["augmentation"], leakage: ["leak"],
    exam: ["question"], quiz: ["question"], mcq: ["question"], job: ["interview"], symbol: ["notation"],
    definition: ["glossary"], terms: ["glossary"], bibliography: ["reference"], citation: ["reference"],
    summary: ["takeaway"], hospital: ["medical"], farm: ["crop"], plant: ["crop"], leaf: ["crop"],
    sobel: ["edge"], blur: ["kernel"], flop: ["operation"], mac: ["operation"], cost: ["operation"],
    sklearn: ["scikit"], tensorflow: ["keras"],
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

  const wordsIn = (text) => (folded(text).match(/[\p{L}\p{N}_]+/gu) ?? []).map(singular);

  /** The words of a question that say what it is about; all of them where nothing else is left. */
  function asked(query) {
    const words = wordsIn(query);
    const telling = words.filter((word) => !SKIPPED.has(word));
    return telling.length > 0 ? telling : words;
  }

  /** What a page is worth beside another that says as much: a lesson more than an exercise about it. */
  const WORTH = [
    [/^notebooks\/04/, 2.2], [/^notebooks\/05/, 1.5], [/^notebooks\/0[89]/, 0.8],
    [/^book\/(?:19|20)\//, 0.4], [/^book\/(?:19|20)-/, 0.7], [/^book\/(?:instructors\/|21-|22-|23-|01-)/, 0.6],
    [/^book\/(?:errata|glossary|24-)/, 0.4], [/your-own-widget/, 0.4],
  ];
  const worth = (url) => WORTH.find(([place]) => place.test(url))?.[1] ?? 1;

  const withoutNumber = (title) => title.replace(/^[\d.]+\s+/, "");

  /** The texts of the book, ready to be searched: search(query) gives pages, the best first. */
  function index(texts) {
    const options = { tokenize: wordsIn, processTerm: (term) => term };
    const pages = new MiniSearch({ ...options, fields: ["title", "keywords", "headings", "text", "code"] });
    pages.addAll(texts.map(({ title, keywords, sections }, id) => ({ id, title: withoutNumber(title), keywords,
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

    /** A word with the others for it, and whether the book has it at all: else it is a slip, or nothing. */
    const meant = (word) => ({ word, others: SYNONYMS[word] ?? [], known: pages.search(word).length > 0 });

    const lookUp = (engine, sought, boost) => {
      const times = (factor) =>
        Object.fromEntries(Object.entries(boost).map(([field, value]) => [field, factor * value]));
      const slips = (word) => (word.length > 8 ? 2 : 1);
      const asking = ({ word, known }) => ({ queries: [word], boost: times(known ? telling(word) : 1),
        prefix: word.length > 3, fuzzy: !known && word.length > 3 && slips(word),
        weights: { prefix: 0.4, fuzzy: 0.2 } });
      const besides = ({ others, known }) => others.map((other) =>
        ({ queries: [other], boost: times(telling(other) * (known ? 0.35 : 1)) }));
      return engine.search({ combineWith: "OR", queries: sought.flatMap((one) => [asking(one), ...besides(one)]) });
    };

    /** How much of what is sought a result has, in some form. */
    const share = ({ queryTerms }, sought) => sought.filter(({ word, others }) =>
      [word, ...others].some((one) => queryTerms.includes(one))).length / sought.length;

    function search(query) {
      const sought = [...new Set(asked(query))].map(meant);
      if (sought.length === 0) return [];
      const sections = new Map();
      for (const result of lookUp(parts, sought, { heading: 4, text: 1, code: 0.2 })) {
        const [page, at] = result.id.split(" ").map(Number);
        const score = result.score * share(result, sought);
        if (!(sections.get(page)?.score >= score)) sections.set(page, { at, score, terms: result.terms });
      }
      return lookUp(pages, sought, { title: 8, keywords: 5, headings: 3, text: 1, code: 0.3 })
        .map((result) => {
          const part = sections.get(result.id) ?? { at: 0, score: 0, terms: [] };
          const { url, title, sections: all } = texts[result.id];
          const score = (result.score + part.score) * share(result, sought) ** 2.5 * worth(url);
          return { url, title, score, section: all[part.at], terms: new Set([...result.terms, ...part.terms]) };
        })
        .sort((one, other) => other.score - one.score);
    }
    return { search };
  }

  /** A piece of a text around the words looked for, as [text, whether it is one of them] pairs. */
  function snippet(text, terms, length = 220) {
    const pieces = [...text.matchAll(/\d+\s*×\s*\d+|[\p{L}\p{N}_-]+/gu)];
    const hits = pieces.filter(([word]) => wordsIn(word).some((one) => terms.has(one)));
    const within = (start) => new Set(hits.filter(({ index: at }) => at >= start && at < start + length - 20)
      .map(([word]) => singular(word.toLowerCase()))).size;
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
