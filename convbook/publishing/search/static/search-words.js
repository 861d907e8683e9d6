// How the book's search reads words: what is written in several ways becomes one, a word loses its endings, and
// a slip of the finger becomes the word that was meant.
//
// A classic script, since a page that was opened from a folder may load no module; tests load it as one.

(() => {
  /** What is written in several ways, as one word; in this order. */
  const FOLDS = [
    [/[‐-―−]/g, "-"],
    [/(\d)\s*(?:[×x*]|\bby\b)\s*(\d)/g, "$1x$2"],
    [/(\d),(?=\d{3}(?!\d))/g, "$1"],
    [/\bone[- ]by[- ]one\b/g, "1x1"],
    [/\b(?:grad[- ]?)?cams?\b|\b(?:gradient[- ]weighted )?class activation (?:map(?:ping)?s?)?/g, "gradcam"],
    [/\bbatch[- ]?norm(?:ali[sz](?:ation|e|ed|ing))?\b|\bbn\b/g, "batchnorm"],
    [/\bheat[- ]maps?\b/g, "heatmap"],
    [/\bimg2col\b/g, "im2col"],
    [/\bconvolutional (?:neural )?net(?:work)?s?\b|\bconvnets?\b|\bcnns\b/g, "cnn"],
    [/\bconvolution(?:al|s)\b|\bconvs?\b/g, "convolution"],
    [/\bfully[- ]connected\b|\bfc\b/g, "fullyconnected"],
    [/\bback[- ]?prop(?:agation|agate|agating)?\b|\bbackward pass(?:es)?\b/g, "backprop"],
    [/\bfine[- ]?tun(?:e|ed|es|ing)\b/g, "finetune"],
    [/\b(?:skip|shortcut|residual)[- ]connections?\b/g, "skip connection"],
    [/\bpre[- ]trained\b/g, "pretrained"],
    [/\bover[- ]?fit(?:s|ted|ting)?\b/g, "overfit"],
    [/\bcross[- ]correlations?\b/g, "crosscorrelation"],
    [/\bcross[- ]entropy\b/g, "crossentropy"],
    [/\bcross[- ]validat(?:ion|e|ed|ing)\b/g, "crossvalidation"],
    [/\bdata[- ]?sets?\b/g, "dataset"],
    [/\bx[- ]?rays?\b/g, "xray"],
    [/\btb\b/g, "tuberculosis"],
    [/\bmcqs?\b/g, "multiple choice question"],
    [/\bavg\b/g, "average"],
    [/\bparams?\b/g, "parameter"],
    [/\bimgs?\b/g, "image"],
    [/\bacc\b/g, "accuracy"],
    [/\bval\b/g, "validation"],
    [/\baug(?:ment(?:s|ed|ing)?)?\b/g, "augmentation"],
    [/\bgrads?\b/g, "gradient"],
    [/\blr\b/g, "learning rate"],
    [/\brf\b/g, "receptive field"],
    [/\bmax[- ]?pool(?:s|ing)?\b/g, "max pooling"],
    [/\baverage[- ]?pool(?:s|ing)?\b/g, "average pooling"],
    [/\bu[- ]net\b/g, "unet"],
    [/\b(resnet|vgg|lenet|cifar|mobilenet|efficientnet)[- ]?(b?\d+)\b/g, "$1 $2"],
    [/\b([a-z]+)isation(s?)\b/g, "$1ization$2"],
    [/\b([a-z]{2,}[^aeiouw\W])is(e|es|ed|ing|er|ers)\b/g, "$1iz$2"],
    [/\bgray/g, "grey"],
    [/\bcolor/g, "colour"],
    [/\bcenter/g, "centre"],
    [/\bneighbor/g, "neighbour"],
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

  /** Words that say nothing about a question's subject. */
  const SKIPPED = new Set((
    "a able about after am an and any are as at be been between by can could did do does doing explain explained " +
    "explaining for from get gets give gives had happens has have help how i if in into is it its let many me mean " +
    "meaning means much must my need needed needs no not number of on or our should so than that the their them then " +
    "there these they this those through to too use used uses using versus very vs want was way we were what when " +
    "where which who why will with without work working works would you your").split(" "));

  /** Lower case, no accents, one way of writing. */
  const folded = (text) => FOLDS.reduce((now, [from, to]) => now.replace(from, to), plain(text));

  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");

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

  const WORDS = /[\p{L}\p{N}_]+/gu;

  /** A name of code as the words that it is made of: "MaxPooling2D" as "Max Pooling 2D". */
  const spelledOut = (name) => (/Net(?:[VB]?\d|$)|^(?:NumPy|PyTorch)$/.test(name) ? name
    : name.replace(/_+/g, " ").replace(/(\p{Ll})(\p{Lu}|\d+D\b)/gu, "$1 $2").trim());

  /** All words of a text; a name of code as a whole and by its words. */
  const wordsIn = (text) => {
    const names = (text.match(WORDS) ?? []).filter((word) => spelledOut(word) !== word);
    return folded([text, ...names.map(spelledOut)].join(" \n ")).match(WORDS) ?? [];
  };

  /** A function of one word that computes each answer once. */
  const remembered = (of) => {
    const answers = new Map();
    return (word) => {
      if (!answers.has(word)) answers.set(word, of(word));
      return answers.get(word);
    };
  };

  /** The forms under which a word is kept: as it is written, but for its plural, and its stem. */
  const forms = remembered((word) => [...new Set([singular(word), stem(word)])]);

  const others = new Map(Object.entries(SYNONYMS).map(([word, same]) => [stem(word), same.map(stem)]));

  /** The words of a question that say what it is about; all of them where nothing else is left. */
  function asked(query) {
    const words = [...new Set(wordsIn(query))];
    const telling = words.filter((word) => !SKIPPED.has(word));
    return telling.length > 0 ? telling : words;
  }

  /** How many letters are too many, missing, wrong or swapped between two words; `most` + 1 if there are more. */
  function slips(one, two, most) {
    if (Math.abs(one.length - two.length) > most) return most + 1;
    let before = [];
    let last = Array.from({ length: two.length + 1 }, (_, at) => at);
    for (let i = 1; i <= one.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= two.length; j += 1) {
        const same = one[i - 1] === two[j - 1] ? 0 : 1;
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
        if (i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1]) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      if (Math.min(...row) > most) return most + 1;
      [before, last] = [last, row];
    }
    return last[two.length];
  }

  /**
   * The words that may be meant by one that the book lacks, the likeliest first. `weights`: word -> how likely; a short
   * word is near many, so it is mended only to one of at least the weight `least`.
   */
  function corrected(word, weights, least = 0) {
    const most = word.length > 7 ? 2 : 1;
    if (/\d/.test(word)) return [word];
    const found = [];
    for (const [other, weight] of weights) {
      if (word.length < 6 && weight < least) continue;
      const same = other[0] === word[0];
      const distance = same || most === 1 ? slips(word, other, most) : most + 1;
      if (distance <= most) found.push([other, (Math.log(1 + weight) / 8 ** distance) * (same ? 1 : 0.5)]);
    }
    const best = found.sort((one, other) => other[1] - one[1]).filter(([, likely]) => likely > 0.4 * found[0][1]);
    return best.length > 0 ? best.slice(0, 4).map(([other]) => other) : [word];
  }

  globalThis.convbookWords = { asked, corrected, folded, forms, others, plain, remembered, singular, slips, spelledOut,
    stem, wordsIn, WORDS };
})();
