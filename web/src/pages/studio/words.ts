/** What registries of the server say in English: written here too, so that it is said in the language of the reader. */
import { say, word } from "../../words";

/** Summaries of models, ways to judge, inputs and ways to balance; a test holds them against the registries. */
export const SUMMARIES: readonly string[] = [
  word("logistic regression: a straight line between classes, fast, well calibrated"),
  word("linear regression for numbers such as valence or popularity, on a few columns"),
  word("least squares with weights held small; the fastest on many columns, for classes and numbers"),
  word("one decision tree: rules a person can read, on a handful of columns"),
  word("random forest: many trees that vote; needs no tuning, does not mind columns that say nothing"),
  word("gradient boosting: trees that mend each other's errors; strong on tables of many rows"),
  word("k nearest neighbours: asks the most similar clips; nothing to train, shows its examples"),
  word("linear support vector machine: as logistic regression, with a margin; for many columns"),
  word("support vector machine with an RBF kernel: the strong old hand on MFCC and tables"),
  word("multi-layer perceptron: a small dense net, without torch"),
  word("a Gaussian hidden Markov model per class: how a sound moves from state to state"),
  word("a strongly held linear head on pretrained embeddings: the first thing to try on few clips"),
  word("one mean example per class, the nearest wins: for five to twenty examples of each"),
  word("1-D convolutional net: patterns of a few frames, wherever they are"),
  word("2-D convolutional net: shapes in time and frequency, as in a picture"),
  word("convolutions for shapes, then a recurrent net for their order"),
  word("long short-term memory, both ways through the frames"),
  word("gated recurrent units, both ways through the frames; lighter than lstm"),
  word("small audio spectrogram transformer: patches that attend to each other"),
  word("rows drawn at random: artists and repeats leak"),
  word("rows drawn at random, every class in its share: artists leak"),
  word("whole artists, albums or clusters, classes shared as evenly as that allows"),
  word("the split that the dataset comes with"),
  word("GTZAN without faults and with artists apart: 443 / 197 / 290 (Kereliuk, Sturm, Larsen 2015)"),
  word("learn from the past, be judged on the latest fifth"),
  word("leave the classes as they are"),
  word("rows of rare classes count more; the only one for several tags a row"),
  word("repeat rows at random until every class is as common as the commonest"),
  word("leave out rows at random until every class is as rare as the rarest"),
  word("make up rows between neighbours of a rare class (Chawla et al. 2002)"),
  word("as smote, more of them where classes meet (He et al. 2008)"),
  word("rows of rare classes made up by a conditional GAN; needs torch"),
  word("42 statistics of the samples"),
  word("tempo, key, loudness, energy..., waveform statistics and every pooled frame feature"),
  word("tempo, key, loudness, energy, danceability: one number each"),
  word("mean and spread of 20 MFCC and of their slopes"),
  word("pooled brightness, bandwidth, contrast, flatness, flux"),
  word("the tags that both nets hear"),
  word("the last layer but one of both nets"),
  word("the fourth pool of a third net, MSD_vgg"),
  word("all layers and tags of both nets, and the descriptors"),
  word("20 MFCC every 46 ms of the middle 30 s"),
  word("96 mel bands in dB every 46 ms of the middle 30 s"),
  word("257 STFT bins in dB every 46 ms of the middle 30 s"),
  word("the columns of a dataset of numbers"),
];

/** What a figure is called, and what it means. */
export const FIGURES: Record<string, [name: string, meaning: string]> = {
  accuracy: [word("Accuracy"), word("rows that are right; of tags, rows right as a whole")],
  balanced_accuracy: [word("Balanced accuracy"), word("mean recall: every class counts alike")],
  precision_macro: [word("Precision"), word("precision, every class counts alike")],
  recall_macro: [word("Recall"), word("recall, every class counts alike")],
  f1_macro: ["F1", word("F1, every class counts alike")],
  precision_weighted: [word("Precision, weighted"), word("precision, classes weighted by their rows")],
  recall_weighted: [word("Recall, weighted"), word("recall, classes weighted by their rows")],
  f1_weighted: [word("F1, weighted"), word("F1, classes weighted by their rows")],
  f1_micro: [word("F1 over all cells"), word("F1 over all cells of the table of tags")],
  roc_auc: ["ROC-AUC", word("area under the ROC curve, mean of the classes")],
  mAP: ["mAP", word("average precision, mean of the classes")],
  top2: ["Top 2", word("truth among the 2 most probable")],
  top3: ["Top 3", word("truth among the 3 most probable")],
  top5: ["Top 5", word("truth among the 5 most probable")],
  log_loss: [word("Log loss"), word("surprise at the truth, in nats")],
  brier: ["Brier", word("squared error of the probabilities")],
  ece: [word("Calibration error"), word("calibration error: confidence against truth")],
  r2: ["R²", word("share of the variance that is explained")],
  mae: ["MAE", word("mean absolute error")],
  rmse: ["RMSE", word("root of the mean squared error")],
  pearson: ["Pearson", word("linear correlation")],
  spearman: ["Spearman", word("correlation of ranks")],
};

/** Figures that are better when they are small. */
export const LOW_IS_GOOD = new Set(["log_loss", "brier", "ece", "mae", "rmse"]);

export function figureName(name: string): string {
  const known = FIGURES[name];
  return known ? say(known[0]) : name;
}

export function figureHint(name: string): string {
  const known = FIGURES[name];
  return known ? say(known[1]) : "";
}

/** How rows are kept apart, in a word. */
const PROTOCOLS: Record<string, string> = {
  random: word("Random rows"),
  stratified: word("Random rows, classes shared"),
  grouped: word("Whole artists or albums"),
  official: word("The dataset's own split"),
  gtzan_filtered: word("GTZAN without faults"),
  time: word("Past and future"),
  transfer: word("Another dataset"),
};

export function protocolName(name: string): string {
  return say(PROTOCOLS[name] ?? name);
}

/** What intervals draw whole. */
const DRAWN: Record<string, string> = {
  row: word("single rows"),
  cluster: word("single rows, copies together"),
  artist: word("whole artists"),
  "artist+cluster": word("whole artists, copies together"),
  album: word("whole albums"),
  "album+cluster": word("whole albums, copies together"),
};

export function drawnName(name: string): string {
  return say(DRAWN[name] ?? name);
}

const WORKS: Record<string, string> = {
  evaluate: word("Evaluate"),
  compare: word("Compare"),
  train: word("Train"),
};

export function workName(kind: string): string {
  return say(WORKS[kind] ?? kind);
}
