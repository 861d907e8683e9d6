// What each widget's traits hold. Written by tests/javascript/trait_types.py: don't edit.

export interface AugmentationLab {
  _code: string;
  _digit_network: string;
  _photo_network: string;
  angle: number;
  brightness: number;
  contrast: number;
  crop: number;
  crop_left: number;
  crop_top: number;
  flip_horizontal: boolean;
  flip_vertical: boolean;
  hue: number;
  saturation: number;
  source: "cat" | "sign" | "digit" | "leaf";
  zoom: number;
}

export interface BatchNormLab {
  batch_size: number;
  beta: number;
  gamma: number;
  mean: number;
  mode: "training" | "inference";
  moved: Array<[number, number]>;
  seed: number;
  seen: number;
  source: "worked" | "drawn";
  spread: number;
}

export interface ConvolutionStepper {
  bias: number;
  image: number[][][];
  kernel: number[][][];
  padding: number;
  step: number;
  stride: number;
}

export interface DigitCanvas {
  _code: string;
  _nodes: any;
  _weights: DataView;
  column: number;
  feature_map: number;
  ink: DataView;
  input_channel: number;
  node: number;
  row: number;
}

export interface Drill {
  given: number | null;
  level: number;
  number: number;
  score: Record<string, [number, number]>;
  solution_shown: boolean;
  topic: "" | "output size" | "parameters" | "operations" | "receptive field";
  tries: number;
}

export interface Flashcards {
  card: string;
  flipped: boolean;
  known: Array<string>;
  schedule: Record<string, [number, number]>;
  seed: number;
  today: number;
}

export interface FullyConnectedVsConv {
  _weights: DataView;
  channels: 1 | 3;
  example: number;
  filters: number;
  image_size: number;
  kernel_size: number;
  part: "" | "parameters" | "shuffle";
  shuffled: boolean;
  units: number;
}

export interface GradCamViewer {
  _code: string;
  _imagenet: DataView;
  _imagenet_size: number;
  _imagenet_wanted: any;
  class_index: number;
  feature_map: number;
  layer: string;
  nodes: any;
  opacity: number;
  picture_index: number;
  record: any;
  show_truth: boolean;
  weights: DataView;
  weights_size: number;
}

export interface GradientHighway {
  activation: "linear" | "relu" | "tanh";
  block: number;
  cancel: number;
  cancel_block: number;
  depth: number;
  scale: number;
  seed: number;
}

export interface KernelLab {
  challenge: any;
  column: number;
  display: "auto" | "signed" | "absolute" | "clipped";
  divisor: number;
  fill: "zeros" | "replicate";
  image: DataView;
  image_width: number;
  kernel: number[][];
  mark_border: boolean;
  operation: "cross-correlation" | "convolution";
  padding: number;
  preset: string;
  row: number;
  source: "photograph" | "edge" | "own";
  stride: number;
}

export interface NetworkBuilder {
  input_shape: [number, number, number];
  layers: Array<({ kind: "conv"; filters?: number; kernel?: number; stride?: number; padding?: "same" | "valid" | 1 | 2 | 3; groups?: number; bias?: boolean; activation?: "none" | "relu" | "tanh" } | { kind: "depthwise"; kernel?: number; stride?: number; padding?: "same" | "valid" | 1 | 2 | 3; bias?: boolean; activation?: "none" | "relu" | "tanh" } | { kind: "bn"; activation?: "none" | "relu" | "tanh" } | { kind: "maxpool"; size?: number; stride?: number; padding?: "valid" | "same" | 1 | 2 } | { kind: "avgpool"; size?: number; stride?: number; padding?: "valid" | "same" } | { kind: "residual"; filters?: number; stride?: number; shortcut?: "project where needed" | "identity" } | { kind: "gap" } | { kind: "flatten" } | { kind: "dense"; units?: number; bias?: boolean; activation?: "none" | "relu" | "tanh" | "softmax" } | { kind: "dropout"; rate?: number })>;
  network: string;
  selected: number;
}

export interface NetworkExplorer {
  _code: string;
  _exciting: string;
  _exciting_imagenet: string;
  _extras: string;
  _imagenet: DataView;
  _imagenet_wanted: any;
  _network: DataView;
  _poster: string;
  _sizes: any;
  channel: number;
  column: number;
  input_channel: number;
  layer: string;
  level: "network" | "layer" | "map" | "position" | "sum";
  network: "pocket-net" | "mobilenet-v2" | "own";
  order: "index" | "activity";
  picture_index: number;
  row: number;
}

export interface OutputSizeCalculator {
  dilation: number;
  input_size: number;
  kernel_size: number;
  padding: number;
  padding_after: number;
  padding_mode: "equal" | "uneven" | "valid" | "same";
  position: number;
  stride: number;
}

export interface PoolingLab {
  _code: string;
  _digit: DataView;
  _digit_network: string;
  column: number;
  everywhere: boolean;
  kind: "max" | "average";
  numbers: number[][];
  pool_size: number;
  row: number;
  shift_down: number;
  shift_right: number;
  source: "numbers" | "photograph" | "digit";
  stride: number;
}

export interface Progress {
  done: Array<number>;
  practised: Record<string, [number, number]>;
}

export interface Quiz {
  answers: Record<string, number>;
  chosen: number;
  objective: number;
  question: string;
  seed: number;
}

export interface ReceptiveField {
  channels: number;
  input_size: number;
  layer: number;
  layers: Array<[number, number, number] | [number, number, number, "pool"]>;
  neuron: number;
}

export interface Timeline {
  chosen: string;
  ensembles: boolean;
  measure: "error" | "parameters" | "depth";
  single_networks: boolean;
}

export interface TrainingLab {
  _code: string;
  _images: DataView;
  _labels: DataView;
  _train: number;
  augmentation: boolean;
  batch_norm: boolean;
  batch_size: 8 | 16 | 32 | 64 | 128;
  depth: number;
  digit: number;
  dropout: number;
  epochs: number;
  examples: 20 | 50 | 100 | 200 | 500 | 1437;
  filters: 4 | 8 | 16;
  label_noise: number;
  layer: number;
  optimiser: "sgd" | "momentum" | "adam";
  pace: "slow" | "medium" | "fast";
  rate: number;
  seed: number;
  skip: boolean;
  weight_scale: 0.25 | 0.5 | 1 | 2;
}

export interface TransferAdvisor {
  classes: number;
  compute: "minutes" | "hours";
  kind: "alike" | "unlike";
  per_class: number;
}
